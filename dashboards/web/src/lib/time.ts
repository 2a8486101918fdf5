/** Times and spans → the words that pages show. Pure; `now` and the language are arguments. */
import type { Lang, Time } from './types.ts'

/** Epoch seconds of an epoch number or an RFC 3339 text; NaN where there is none. */
export function seconds(time: Time | null | undefined): number {
  if (typeof time === 'number') return time
  return time ? Date.parse(time) / 1000 : NaN
}

const two = (n: number) => String(n).padStart(2, '0')

/** 14:32:08 on the site's own clock. */
export function clockText(at: number, zone: string | undefined, withSeconds = true): string {
  if (!Number.isFinite(at)) return '--:--'
  const parts: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }
  if (withSeconds) parts.second = '2-digit'
  if (zone) parts.timeZone = zone
  return new Intl.DateTimeFormat('en-GB', parts).format(at * 1000)
}

/** 2026-11-23T16:30 on the site's own clock, as a field for a date and a time holds it. */
export function fieldText(at: number, zone: string | undefined): string {
  const wishes: Intl.DateTimeFormatOptions = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }
  if (zone) wishes.timeZone = zone
  const parts = Object.fromEntries(new Intl.DateTimeFormat('en-GB', wishes).formatToParts(at * 1000).map(part => [part.type, part.value]))
  return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}`
}

/** The reverse: what such a field means on the site's clock, wherever it is read. NaN for an empty one. */
export function fieldTime(text: string, zone: string | undefined): number {
  const meant = Date.parse(`${text}Z`) / 1000
  let at = meant
  // Twice: the first guess may lie on the other side of a change to summer time.
  for (const _ of [1, 2]) if (Number.isFinite(at)) at += meant - Date.parse(`${fieldText(at, zone)}Z`) / 1000
  return at
}

/** 16:30, with its date where that is not today's: 11-24 16:30. */
export function dueText(at: number, now: number, zone: string | undefined): string {
  const [due, today] = [fieldText(at, zone), fieldText(now, zone)]
  return due.slice(0, 10) === today.slice(0, 10) ? due.slice(11) : due.slice(5).replace('T', ' ')
}

/** A span for the wall: 02:19, then 1 时 12 分, then 2 天. Never negative. */
export function wallSpan(span: number, lang: Lang): string {
  const s = Math.max(0, Math.floor(span))
  if (s < 3600) return `${two(Math.floor(s / 60))}:${two(s % 60)}`
  if (s < 86400) {
    const [h, m] = [Math.floor(s / 3600), Math.floor((s % 3600) / 60)]
    return lang === 'zh' ? (m ? `${h} 时 ${two(m)} 分` : `${h} 小时`) : `${h} h ${two(m)}`
  }
  return lang === 'zh' ? `${Math.floor(s / 86400)} 天` : `${Math.floor(s / 86400)} d`
}

/** A span in words for the phone: 4 分 05 秒, 1 小时 12 分, 2 天 3 小时. */
export function span(of: number, lang: Lang): string {
  const s = Math.max(0, Math.floor(of))
  const [d, h, m, rest] = [Math.floor(s / 86400), Math.floor((s % 86400) / 3600), Math.floor((s % 3600) / 60), s % 60]
  if (lang === 'zh') {
    if (d) return h ? `${d} 天 ${h} 小时` : `${d} 天`
    if (h) return m ? `${h} 小时 ${m} 分` : `${h} 小时`
    return m ? `${m} 分 ${two(rest)} 秒` : `${rest} 秒`
  }
  if (d) return h ? `${d} d ${h} h` : `${d} d`
  if (h) return m ? `${h} h ${m} min` : `${h} h`
  return m ? `${m} min ${two(rest)} s` : `${rest} s`
}

/** An age on the wall: mm:ss below ten minutes, then minutes, then hours. */
export function age(of: number, lang: Lang): string {
  const s = Math.max(0, Math.floor(of))
  if (s < 600) return `${two(Math.floor(s / 60))}:${two(s % 60)}`
  if (s < 3 * 3600) return lang === 'zh' ? `${Math.floor(s / 60)} 分` : `${Math.floor(s / 60)} min`
  if (s < 2 * 86400) return lang === 'zh' ? `${Math.floor(s / 3600)} 小时` : `${Math.floor(s / 3600)} h`
  return lang === 'zh' ? `${Math.floor(s / 86400)} 天` : `${Math.floor(s / 86400)} d`
}

/** Seconds of silence after which a page is lost, and how its data age reads. */
export const LOST = 10

/** fresh (0–3 s), late, or lost. An unknown age is lost: old numbers never look alive. */
export function freshness(newest: number, now: number): 'fresh' | 'late' | 'lost' {
  const old = now - newest
  if (!(old <= LOST)) return 'lost'
  return old <= 3 ? 'fresh' : 'late'
}
