/** A chip and the present → its shape (none while normal), and whether what it stands for is at work. */
import type { Form } from '../lib/Shape.svelte'
import { type Chip, RUNS, concerns, same, worst } from '../lib/model.ts'
import { LEVEL, active, instrument } from '../lib/sort.ts'
import type { Live } from '../lib/live.svelte.ts'
import type { Device, Point, Value } from '../lib/types.ts'

const yes = (value: Value) => value === true || value === 1

export function formOfChip(chip: Chip, live: Live): Form | null {
  const alarm = worst(live.alarms, chip.device, chip.point)
  if (alarm && !instrument(alarm)) return `p${LEVEL[alarm.severity]}` as Form
  const silent = chip.point ? !live.known(chip.device.id, chip.point) : !heard(chip.device, live)
  if (silent || alarm) return 'unknown'
  if (live.alarms.some(a => a.hidden_by?.startsWith('$cause') && active(a) && same(a.device, chip.device.id) && (!chip.point || concerns(a, chip.point.name)))) return 'unknown'
  if (chip.device.planned) return 'work'
  return live.alarms.some(a => 'EG'.includes(a.isa_state) && same(a.device, chip.device.id) && (!chip.point || concerns(a, chip.point.name))) ? 'work' : null
}

/** One of the points that speak most often still does. Slow ones keep their value long after a device has fallen silent. */
function heard(device: Device, live: Live): boolean {
  const fitted = device.points.filter(point => !point.absent)
  const soonest = Math.min(...fitted.map(point => point.stale_after ?? Infinity))
  return fitted.some(point => (point.stale_after ?? Infinity) === soonest && live.known(device.id, point))
}

/** Running, stopped (standby), or null where the thing knows no such state. */
export function running(chip: Chip, live: Live): boolean | null {
  if (chip.point) return RUNS.test(chip.point.name) ? works(chip.device, chip.point, live) : null
  const tells = chip.device.points.filter(p => !p.absent && (RUNS.test(p.name) || /^port\d+_state$/.test(p.name)))
  return tells.length ? tells.some(point => works(chip.device, point, live)) : null
}

function works(device: Device, point: Point, live: Live): boolean {
  const value = live.known(device.id, point)?.[1]
  return value !== undefined && (yes(value) || value === 'charging' || value === 'Charging')
}
