/** An alarm → its value and limit as the wall writes them. */
import { lang, t } from '../lib/i18n.svelte.ts'
import { figure, text } from '../lib/format.ts'
import type { Live } from '../lib/live.svelte.ts'
import { channel, levels } from '../lib/model.ts'
import { active } from '../lib/sort.ts'
import type { Alarm, Device, Point, Value } from '../lib/types.ts'

export const written = (value: Value, point: Point) =>
  `${text(value, point, lang(), t('yes'), t('no'))}${typeof value === 'number' && point.unit ? ` ${point.unit}` : ''}`

/** What it is judged by, now; once returned, the value it was raised with. */
export function reading(alarm: Alarm, live: Live): string {
  const device = live.device(alarm.device)
  const point = channel(alarm, device)
  if (!device || !point) return ''
  const now = active(alarm) ? live.known(device.id, point)?.[1] : undefined
  const value = now ?? alarm.reason.values?.[point.name]
  return value === undefined ? '' : written(value, point)
}

/** The limit that was crossed, or of a signature the one nearest to the value. */
export function limit(alarm: Alarm, device: Device | undefined): string {
  const point = channel(alarm, device)
  if (!point || !'float int counter'.includes(point.type)) return ''
  const given = alarm.reason.values?.limit
  if (typeof given === 'number') return figure(given, point)
  const value = alarm.reason.values?.[point.name]
  if (typeof value !== 'number') return ''
  const nearest = levels(point).sort((a, b) => Math.abs(a[1] - value) - Math.abs(b[1] - value))[0]
  return nearest && alarm.rule.includes('.') ? figure(nearest[1], point) : ''
}
