/** A site's devices → at most eight panels with two moving indicators and a dozen chips each. Pure. */
import { RANK, active, instrument, listed } from './sort.ts'
import type { Alarm, Device, Point, Room, Words } from './types.ts'

export const PANELS = 8
export const CHIPS = 12

/** `point` null: the whole device. `n`: its number among its like, "" if it has none. */
export type Chip = { device: Device; point: Point | null; key: string; n: string; name: Words }
export type Indicator = { devices: Device[]; point: Point; how: 'one' | 'sum' | 'max' | 'online' }
export type Panel = { id: string; name: Words; devices: Device[]; indicators: Indicator[]; chips: Chip[] }

/** Points that say whether something works at this moment. */
export const RUNS = /(^|_)run$|^flame_on$|^session_active$/

const number = (id: string) => /(\d+)$/.exec(id)?.[1]?.replace(/^0+(?=\d)/, '') ?? ''
const numeric = (point: Point) => !point.absent && 'float int'.includes(point.type)
const both = (zh: string, en: string): Words => ({ zh, en })
const bare = (id: string) => id.slice(id.indexOf('.') + 1)

/** Kinds that stand in one panel: their feeder belongs to the piles it feeds. */
const WITH: Record<string, string> = { charging_group: 'ev_charger' }

/** One panel per device where a kind has few, one per kind where it has many; merged until the screen holds them all. */
export function panels(rooms: Room[], most = PANELS): Panel[] {
  const devices = rooms.flatMap(room => room.devices)
  const kinds = new Map<string, Device[]>()
  for (const device of devices) {
    const family = WITH[device.kind] ?? device.kind
    kinds.set(family, [...(kinds.get(family) ?? []), device])
  }
  const order = [...kinds].sort(([a], [b]) => Number(a === 'gateway') - Number(b === 'gateway'))
  for (const few of [2, 1, 0]) {
    const found = order.flatMap(([kind, all]) => (all.length <= few ? all.map(device => single(device)) : [group(kind, all)]))
    if (found.length <= most || few === 0) return crowd(found, most)
  }
  return []
}

/** What does not fit shares the last panel. */
function crowd(found: Panel[], most: number): Panel[] {
  if (found.length <= most) return found
  const rest = found.slice(most - 1)
  const devices = rest.flatMap(panel => panel.devices)
  return [...found.slice(0, most - 1), { ...group('', devices), name: both('其他设备', 'Other equipment') }]
}

function single(device: Device): Panel {
  return {
    id: device.id,
    name: device.name,
    devices: [device],
    indicators: headline(device).slice(0, 2).map(point => ({ devices: [device], point, how: 'one' as const })),
    chips: parts(device).slice(0, CHIPS),
  }
}

function headline(device: Device): Point[] {
  const named = device.headline.map(name => device.points.find(point => point.name === name))
  return [...new Set([...named, ...device.points.filter(p => p.normal)])].filter((p): p is Point => !!p && numeric(p))
}

/** Switches that say nothing of their own on a wall: commands, and faults that alarms show anyway. */
const SILENT = /_fault$|_switch$|^start_command$|^season_on$|^test_mode$|^phase_sequence_ok$|^work_order_active$|_source$/

/** The parts of one device: what runs first (pumps, burners), then switches and modes. */
function parts(device: Device): Chip[] {
  const rank = (point: Point) => (RUNS.test(point.name) ? 0 : /state|mode|source/.test(point.name) ? 1 : 2)
  const shown = device.points.filter(p => !p.absent && (p.type === 'bool' || p.type === 'enum') && !SILENT.test(p.name))
  const chips = shown.sort((a, b) => rank(a) - rank(b)).map(point => chip(device, point))
  // Analogue points that no indicator shows fill up.
  const used = headline(device).slice(0, 2)
  const rest = device.points.filter(p => numeric(p) && p.normal && !/\d/.test(p.name) && !used.includes(p))
  return [...chips, ...rest.map(point => chip(device, point))]
}

function chip(device: Device, point: Point): Chip {
  const found = /^([a-z_]*?)(\d+)(_.*)$/.exec(point.name)
  return { device, point, key: found ? `${found[1]}{}${found[3]}` : point.name, n: found?.[2]?.replace(/^0+/, '') ?? '', name: point.says }
}

function group(kind: string, devices: Device[]): Panel {
  const sorted = [...devices].sort((a, b) => Number(a.kind === kind) - Number(b.kind === kind))
  const lead = sorted[0]!
  const name = kind === 'gateway' ? both('现场网关', 'Field gateways') : (devices.find(d => d.kind === kind)?.kind_name ?? family(kind, devices))
  const many = devices.filter(device => device.kind === kind)
  // Where there are few chips there is room for a third.
  const shown = sorted.length <= 4 ? 3 : 2
  const indicators: Indicator[] =
    kind === 'gateway'
      ? gateways(many)
      : headline(lead).slice(0, shown).map(point => ({ devices: lead.kind === kind ? many : [lead], point, how: lead.kind !== kind || many.length === 1 ? 'one' : /W$/.test(point.unit) ? 'sum' : 'max' }))
  const chips = sorted.map(device => ({ device, point: null, key: device.kind, n: number(device.id), name: device.name }))
  return { id: kind || 'rest', name, devices, indicators, chips: chips.slice(0, CHIPS) }
}

function gateways(many: Device[]): Indicator[] {
  const online: Point = {
    name: 'gateway_online', says: both('在线网关', 'Gateways online'), unit: `/ ${many.length}`, type: 'int', span: [0, many.length],
    normal: [many.length - 0.5, many.length], limits: [], value: null, stale_after: null, absent: false,
  }
  const errors = many[0]?.points.find(point => point.name === 'poll_error_pct')
  return [{ devices: many, point: online, how: 'online' }, ...(errors ? [{ devices: many, point: errors, how: 'max' as const }] : [])]
}

/** The name that the devices share when their numbers are taken off: 1号汽车充电桩 → 汽车充电桩, EV charger 1 → EV charger. */
function family(kind: string, devices: Device[]): Words {
  const first = devices.find(device => device.kind === kind)?.name ?? devices[0]?.name ?? both(kind, kind)
  const en = first.en.replace(/\s*\d+\s*/g, ' ').trim()
  return both(first.zh.replace(/\d+\s*[号#]?\s*/g, ''), en.endsWith('s') || /supply/i.test(en) ? en : `${en}s`)
}

/** The worst alarm shown of a device, or of one point of it. */
export function worst(alarms: Alarm[], device: Device, point: Point | null): Alarm | undefined {
  const of = alarms.filter(a => listed(a) && active(a) && bare(a.device) === bare(device.id) && (!point || concerns(a, point.name)))
  return of.sort((a, b) => Number(instrument(a)) - Number(instrument(b)) || RANK[a.severity] - RANK[b.severity])[0]
}

export const same = (a: string, b: string) => bare(a) === bare(b)

/** Whether an alarm is about a point: its limit, its data quality, or a value its reason names. */
export function concerns(alarm: Alarm, point: string): boolean {
  const rule = alarm.rule.replace(/^[A-Z]+-\d+:|^learned:/, '')
  if (rule === point || rule.startsWith(`${point}.`)) return true
  return !/\.(LL|L|H|HH|STATE)/.test(alarm.rule) && !/mode$|source$/.test(point) && Object.keys(alarm.reason.values ?? {}).includes(point)
}

/** The channel an alarm is judged by first. */
export function channel(alarm: Alarm, device: Device | undefined): Point | undefined {
  const points = device?.points ?? []
  const named = /^(?:[A-Z]+-\d+:|learned:)?([a-z][a-z0-9_]*)/.exec(alarm.rule)?.[1]
  const found = points.find(point => point.name === named)
  if (found) return found
  const read = Object.keys(alarm.reason.values ?? {}).flatMap(name => points.find(point => point.name === name) ?? [])
  return read.find(numeric) ?? read[0]
}

/** Limits that are numbers, as [level, value]. */
export const levels = (point: Point) => point.limits.filter((limit): limit is [string, number] => typeof limit[1] === 'number')

/** Range of the bar: the usual band and the limits with room beside, within the sensor's range. */
export function range(point: Point): [number, number] {
  const marks = [...(point.normal ?? []), ...levels(point).map(([, value]) => value)]
  if (marks.length < 2) return point.span ?? [0, 1]
  const [low, high] = [Math.min(...marks), Math.max(...marks)]
  const room = (high - low) * 0.35 || 1
  const [from, to] = point.span ?? [-Infinity, Infinity]
  return [Math.max(from, low - room), Math.min(to, high + room)]
}
