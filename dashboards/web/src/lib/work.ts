/** Planned work → the words that pages show. Pure. */
import { lang, say, t } from './i18n.svelte.ts'
import { dueText, seconds } from './time.ts'
import type { Device, Work } from './types.ts'

const bare = (id: string) => id.slice(id.indexOf('.') + 1)

export const worksOn = (works: Work[] | undefined, device: string) => (works ?? []).filter(work => work.devices.includes(bare(device)))

/** What a tile says: until when, and by whom. */
export function plannedText(planned: NonNullable<Device['planned']>, now: number, zone: string | undefined): string {
  if (!planned.until) return say(planned.why)
  return withWho(t('work.until', { at: dueText(seconds(planned.until), now, zone) }), planned.by_name)
}

/** The same for the list, where work may be still to come. */
export function workText(work: Work, now: number, zone: string | undefined): string {
  const [begins, ends] = [work.begins, work.ends].map(at => dueText(seconds(at), now, zone))
  return withWho(work.going_on ? t('work.until', { at: ends! }) : t('work.span', { from: begins!, to: ends! }), work.by_name)
}

function withWho(said: string, who: string | undefined): string {
  return who ? `${said}${lang() === 'zh' ? '，' : ', '}${t('work.by', { who })}` : said
}
