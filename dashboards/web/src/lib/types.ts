/** What the server says, as JSON (DESIGN 4.4). Times come as epoch seconds or RFC 3339; `seconds()` takes both. */

export type Lang = 'zh' | 'en'
export type Words = { zh: string; en: string }
export type Time = number | string
export type Value = number | string | boolean
/** [event time, value, quality]; quality 0 good, 1 suspect, 2 bad, 3 missing. */
export type Reading = [Time, Value, number]
export type Severity = 'critical' | 'major' | 'minor' | 'info'

export type Point = {
  name: string
  says: Words
  unit: string
  type: 'float' | 'int' | 'bool' | 'enum' | 'counter' | 'text'
  span: [number, number] | null
  normal: [number, number] | null
  limits: [string, Value | string[]][]
  value: Reading | null
  stale_after: number | null
  absent: boolean
  resolution?: number | null
  states?: string[]
  state_words?: Words[]
}

export type Device = {
  id: string
  name: Words
  kind: string
  kind_name?: Words
  headline: string[]
  points: Point[]
  state?: 'normal' | 'alarm' | 'unknown'
  severity?: Severity | null
  /** Work on it now; `until` null: nobody knows. */
  planned?: { until: Time | null; why: Words; by_name?: string; again?: Again | null } | null
}

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Day = (typeof DAYS)[number]

/** Work that comes again, in the words of a site's file; `until` its last day, null: until somebody ends it. */
export type Again = { days: Day[]; month_days: number[]; at: string; length: string; until: string | null }

/** Planned work, going on or to come. `configured`: in the site's file, to be ended there. Of what recurs: the next time. */
export type Work = { id: string; devices: string[]; why: Words; begins: Time; ends: Time; going_on: boolean; again?: Again | null; by: string; by_name: string; configured: boolean }

/** A rule that cannot be judged now, and why. */
export type Unjudged = Words & { rule: string; title: Words; partly: boolean }

export type Room = { id: string; name: Words; devices: Device[] }

export type Reason = Words & { values?: Record<string, Value> }

export type Alarm = {
  id: string
  site: string
  device: string
  rule: string
  severity: Severity
  /** ISA-18.2: A normal, B unacknowledged, C acknowledged, D returned unacknowledged, E shelved, F suppressed, G out of service. */
  isa_state: string
  raised_at: Time
  returned_at: Time | null
  acknowledged_at: Time | null
  acknowledged_by?: string | null
  acknowledged_by_name?: string | null
  device_name?: Words
  room_name?: Words
  shelved_until: Time | null
  reason: Reason
  title?: Words | null
  hidden_by?: string | null
  /** What keeps it back by design: planned work, a test, being out of service. */
  kept_by?: Words | null
  /** For how long its values must be normal before it ends, s. */
  clears_after?: number
  incident?: string
  ticket: string | null
  version?: number
}

export type Clock = { due: Time; met_at: Time | null; near_at?: Time; started?: Time; state?: string }

export type TicketEvent = { seq: number; at: Time; type: string; by: string; by_name?: string; note?: string; data?: Record<string, unknown> }

export type Photo = { id: string; kind: 'before' | 'after'; at: Time; url?: string }

export type Ticket = {
  id: string
  number: string
  public_id: string
  site: string
  device: string
  device_name?: Words
  room: string
  room_name?: Words
  rules: string[]
  severity: Severity
  origin: string
  class: string
  state: string
  title: Words
  reason?: Reason
  do_first: Words
  causes: Words[]
  opened_at: Time
  clocks: Record<string, Clock>
  evidence?: { values?: Record<string, Value>; from?: Time; to?: Time; [key: string]: unknown }
  events?: TicketEvent[]
  photos?: Photo[]
  team?: string
  team_name?: Words | null
  assignee?: string
  assignee_name?: string | null
  signal_normal_at?: Time | null
  repeats?: number
  allowed?: string[]
  missing?: Words[]
  untold?: Time | null
  version: number
}

export type Rejected = { topic: string; code: string; reason: string; at: Time }

export type Wall = {
  site: string
  name: Words
  rooms: Room[]
  alarms: Alarm[]
  tickets: Ticket[]
  rejected: { total: number; by_code: Record<string, number>; newest: Rejected[] }
  people?: Record<string, string>
  timezone?: string
  learns?: boolean
  newest?: Time | null
  broker?: string
  watch?: string
  system?: Sign[]
  works?: Work[]
  seq?: number
  now: Time
}

/** What people should know about the system itself; the catalogue has the words for `code`. */
export type Sign = { code: string; level: 'bad' | 'warn'; values: Record<string, string | number> }
export type Heartbeat = { at: Time; broker?: string; watch?: string; newest?: Time | null; system?: Sign[] }
export type Frame = { at?: Time; full?: boolean; values?: Record<string, Record<string, Reading>> }

export type Person = { name: string; person: string; roles: string[]; team?: string; label?: string }

/** A finding of learned normal, and the entry of the review list that gathers those of one device. */
export type Finding = { detector: 'channel' | 'device' | 'system'; rule: string; points: { id: string; name: Words }[]; at: Time; evidence: number; reason: Words }
export type Entry = {
  id: string
  site: string
  device: string
  device_name: Words
  room_name: Words
  title: Words
  opened_at: Time
  last_at: Time
  state: 'open' | 'accepted' | 'dismissed' | 'ticket' | 'joined'
  by: string
  by_name: string
  decided_at: Time | null
  note: string
  version: number
  findings: Finding[]
}

/** What the page carries in `<script id="boot">`. */
export type Boot = {
  site: string
  site_name?: Words
  timezone?: string
  now?: Time
  seq?: number
  lang?: Lang
  csrf?: string
  user?: Person | null
  wall?: Wall
  tickets?: Ticket[]
  entries?: Entry[]
}
