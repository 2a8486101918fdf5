/** Alarms and tickets → the order in which people should see them. Pure. */
import { seconds } from './time.ts'
import type { Alarm, Clock, Severity, Ticket } from './types.ts'

export const RANK: Record<Severity, number> = { critical: 0, major: 1, minor: 2, info: 3 }
/** P1, P2, P3 as people know them; information has no number of its own. */
export const LEVEL: Record<Severity, 1 | 2 | 3> = { critical: 1, major: 2, minor: 3, info: 3 }

export const unacknowledged = (alarm: Alarm) => alarm.isa_state === 'B' || alarm.isa_state === 'D'
/** Condition true now. */
export const active = (alarm: Alarm) => !alarm.returned_at
/** On the list: active or still asking for an answer; neither shelved, suppressed nor out of service. */
export const listed = (alarm: Alarm) => ['B', 'C', 'D'].includes(alarm.isa_state)

/** A fault of the instrument or the line, not of the equipment: drawn as "?" without colour. */
export const instrument = (alarm: Pick<Alarm, 'rule'>) => alarm.rule.startsWith('DQ-')

/** Nobody is called about it, by design; what is critical is on the list all the same. */
export const keptBack = (alarm: Alarm) => active(alarm) && !!alarm.kept_by && alarm.severity === 'critical'

/** What is critical now stays on top of any flood; then unacknowledged and active first, then by priority, then the newest; what
 * has returned comes after what is active. */
export function byUrgency(a: Alarm, b: Alarm): number {
  const top = (x: Alarm) => (active(x) && x.severity === 'critical' ? 0 : 1)
  const open = (x: Alarm) => (x.isa_state === 'B' ? 0 : 1)
  const gone = (x: Alarm) => (active(x) ? 0 : 1)
  return top(a) - top(b) || open(a) - open(b) || gone(a) - gone(b) || RANK[a.severity] - RANK[b.severity] || seconds(b.raised_at) - seconds(a.raised_at)
}

export type Row = { lead: Alarm; explained: Alarm[] }

/** Alarms that another rule of the same device explains are folded under it; one whose lead is gone stands for itself. */
export function fold(alarms: Alarm[]): Row[] {
  const rows: Row[] = alarms.filter(alarm => (listed(alarm) && !alarm.hidden_by) || keptBack(alarm)).map(lead => ({ lead, explained: [] }))
  for (const alarm of alarms.filter(a => a.hidden_by && active(a))) {
    const row = rows.find(r => r.lead.device === alarm.device && r.lead.rule === alarm.hidden_by && r.lead.site === alarm.site)
    if (row) row.explained.push(alarm)
  }
  return rows.sort((a, b) => byUrgency(a.lead, b.lead))
}

/** What keeps a device's signal from being normal: alarms known from a look at it, brought up to date by those heard since. */
export function standing(device: string, looked: Alarm[], heard: Alarm[]): Alarm[] {
  const latest = new Map<string, Alarm>()
  for (const alarm of [...looked, ...heard]) {
    if (alarm.device === device && (latest.get(alarm.id)?.version ?? 0) <= (alarm.version ?? 0)) latest.set(alarm.id, alarm)
  }
  return [...latest.values()].filter(alarm => active(alarm) && alarm.severity !== 'info').sort(byUrgency)
}

export const ended = (ticket: Ticket) => ticket.state === 'closed' || ticket.state === 'cancelled'

/** The promise that runs now: the first one not met. */
export function running(ticket: Ticket): { name: string; clock: Clock } | null {
  for (const name of ['accept', 'on_site', 'repair']) {
    const clock = ticket.clocks[name]
    if (clock && !clock.met_at) return { name, clock }
  }
  return null
}

/** Seconds left on the promise that runs now; Infinity where none does. */
export function left(ticket: Ticket, now: number): number {
  const found = running(ticket)
  return found ? seconds(found.clock.due) - now : Infinity
}

/** ok, near (less than 20 % left) or over. */
export function pressure(ticket: Ticket, now: number): 'ok' | 'near' | 'over' {
  const found = running(ticket)
  if (!found) return 'ok'
  const due = seconds(found.clock.due)
  if (now > due) return 'over'
  const from = seconds(found.clock.started ?? ticket.opened_at)
  const near = found.clock.near_at ? seconds(found.clock.near_at) : from + 0.8 * (due - from)
  return now > near ? 'near' : 'ok'
}

/** Part of the promise gone, 0 … 1. */
export function spent(ticket: Ticket, now: number): number {
  const found = running(ticket)
  if (!found) return 0
  const [from, due] = [seconds(found.clock.started ?? ticket.opened_at), seconds(found.clock.due)]
  return Math.min(1, Math.max(0, (now - from) / Math.max(1, due - from)))
}

export const byTimeLeft = (now: number) => (a: Ticket, b: Ticket) => {
  const [x, y] = [left(a, now), left(b, now)]
  return (x === y ? 0 : x - y) || RANK[a.severity] - RANK[b.severity] || seconds(b.opened_at) - seconds(a.opened_at)
}

/** Which of the four columns of the board a ticket stands in; -1: none. */
export function column(state: string): number {
  return { open: 0, assigned: 0, reopened: 0, accepted: 1, on_site: 2, resolved: 3 }[state] ?? -1
}
