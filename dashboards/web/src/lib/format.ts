/** Values and units → text as people of the field write them. */
import type { Lang, Point, Value } from './types.ts'

const UNITS: Record<string, string> = { Cel: '℃', uA: 'µA', 'uS/cm': 'µS/cm', 'm3/h': 'm³/h', m3: 'm³', kOhm: 'kΩ', '1': '', '%LEL': '% LEL', pH: '' }

export function unit(code: string): string {
  return UNITS[code] ?? code
}

/** Decimals worth showing: about three significant figures of the sensor's range, never finer than its resolution. */
function decimals(point: Pick<Point, 'type' | 'resolution' | 'span'>): number {
  if (point.type === 'int' || point.type === 'counter') return 0
  const wide = point.span ? Math.max(Math.abs(point.span[0]), Math.abs(point.span[1])) : 100
  const worth = wide <= 0.5 ? 3 : wide <= 20 ? 2 : wide <= 200 ? 1 : 0
  return point.resolution ? Math.min(worth, Math.max(0, Math.ceil(-Math.log10(point.resolution) - 1e-9))) : worth
}

export function figure(value: number, point: Pick<Point, 'type' | 'resolution' | 'span'>): string {
  return value.toFixed(decimals(point))
}

/** A reason as lines, for a page that has the title already: what happened, fact by fact, figures and units kept together. */
export function facts(reason: string, title: string): string[] {
  const known = title.replace(/^.*?(：|: )/, '')
  const rest = reason.startsWith(known) ? reason.slice(known.length).replace(/^(：|: )/, '') : reason
  return (rest || reason).split(/；|; /).map(line => (line.charAt(0).toUpperCase() + line.slice(1)).replace(/(\d) (?=[A-Za-z°%µΩ])/g, '$1\u00a0'))
}

/** What a switch says of its subject: `{i}号循环泵|未运行` → 未运行. */
const said = (sentence: string | undefined) => sentence?.slice(sentence.lastIndexOf('|') + 1).trim() || undefined

/** A value without its unit. Enumerations and switches read in the kind's own words where it gives them. */
export function text(value: Value, point: Point, lang: Lang, yes: string, no: string): string {
  if (point.type === 'enum') {
    const place = point.states?.indexOf(String(value)) ?? -1
    return point.state_words?.[place]?.[lang] ?? String(value)
  }
  if (typeof value === 'boolean' || point.type === 'bool') return said(point.state_words?.[value ? 1 : 0]?.[lang]) ?? (value ? yes : no)
  return typeof value === 'number' ? figure(value, point) : String(value)
}
