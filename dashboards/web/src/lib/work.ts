/** Planned work → the words that pages show. Pure. */
import { lang, say, t } from './i18n.svelte.ts'
import { dueText, seconds } from './time.ts'
import { DAYS, type Again, type Device, type Work } from './types.ts'

const bare = (id: string) => id.slice(id.indexOf('.') + 1)

export const worksOn = (works: Work[] | undefined, device: string) => (works ?? []).filter(work => work.devices.includes(bare(device)))

/** What a tile says: until when, whether it comes again, and by whom. */
export function plannedText(planned: NonNullable<Device['planned']>, now: number, zone: string | undefined): string {
  if (!planned.until) return say(planned.why)
  return withWho(t(planned.again ? 'again.until' : 'work.until', { at: dueText(seconds(planned.until), now, zone) }), planned.by_name)
}

/** The same for the list, where work may be still to come. */
export function workText(work: Work, now: number, zone: string | undefined): string {
  const [begins, ends] = [work.begins, work.ends].map(at => dueText(seconds(at), now, zone))
  if (work.going_on) return withWho(t(work.again ? 'again.until' : 'work.until', { at: ends! }), work.by_name)
  return withWho(t(work.again ? 'again.next' : 'work.span', { from: begins!, to: shorter(begins!, ends!) }), work.by_name)
}

/** 11-24 09:00 to 11-24 11:00 → 11:00. */
function shorter(begins: string, ends: string): string {
  const [day, clock] = ends.split(' ')
  return clock && begins.startsWith(`${day} `) ? clock : ends
}

/** 每周二、周四 09:00–11:00，直到有人结束. */
export function againText(again: Again): string {
  const to = later(again.at, minutes(again.length))
  const when = [weekly(again), monthly(again)].filter(Boolean).join(t('again.and'))
  return `${t('again.clock', { when, from: again.at, to })}${comma()}${again.until ? t('again.last', { day: again.until }) : t('again.open')}`
}

function weekly({ days }: Again): string {
  if (days.length === 7) return t('again.daily')
  const named = DAYS.filter(day => days.includes(day)).map(day => t(`day.${day}`))
  return named.length ? t('again.weekly', { days: named.join(list()) }) : ''
}

function monthly({ month_days: days }: Again): string {
  return days.length ? t('again.monthly', { days: [...days].sort((a, b) => a - b).join(list()) }) : ''
}

/** The time of day so many minutes later; of the next day it says so. */
function later(at: string, minutes: number): string {
  const [h, m] = at.split(':').map(Number)
  const end = h! * 60 + m! + minutes
  const clock = [Math.floor(end / 60) % 24, end % 60].map(n => String(Math.round(n)).padStart(2, '0')).join(':')
  return end >= 1440 ? t('again.tomorrow', { at: clock }) : clock
}

const MINUTES = { min: 1, h: 60, d: 1440 }
const minutes = (length: string) => parseFloat(length) * MINUTES[length.replace(/[\d. ]/g, '') as keyof typeof MINUTES]

/** Minutes from one time of day to another, which is the next day's unless it comes later. */
export function minutesTo(from: string, to: string): number {
  const [a, b] = [from, to].map(text => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5)))
  return b! > a! ? b! - a! : b! - a! + 1440
}

const comma = () => (lang() === 'zh' ? '，' : ', ')
const list = () => (lang() === 'zh' ? '、' : ', ')

function withWho(said: string, who: string | undefined): string {
  return who ? `${said}${comma()}${t('work.by', { who })}` : said
}
