import { describe, expect, it, vi } from 'vitest'
import en from '../i18n/en.json'
import zh from '../i18n/zh.json'
import { next } from '../technician/next.ts'
import { facts } from './format.ts'
import { range } from './model.ts'
import { byTimeLeft, fold, left, pressure, standing } from './sort.ts'
import { age, dueText, fieldText, fieldTime, freshness, seconds, span, wallSpan } from './time.ts'
import type { Again, Alarm, Lang, Point, Ticket, Work } from './types.ts'
import { againText, minutesTo, workText } from './work.ts'
import { speak } from './i18n.svelte.ts'

const alarm = (id: string, more: Partial<Alarm>): Alarm => ({
  id, site: 's', device: 'd', rule: `${id}.H`, severity: 'minor', isa_state: 'C', raised_at: 0, returned_at: null, acknowledged_at: null,
  shelved_until: null, reason: { zh: '', en: '' }, ticket: null, ...more,
})
const ticket = (id: string, due: number | null, more: Partial<Ticket> = {}) =>
  ({ id, severity: 'major', opened_at: 0, state: 'assigned', clocks: due === null ? {} : { accept: { due, met_at: null } }, ...more }) as Ticket

describe('words of time', () => {
  it.each([
    [139, 'zh', '02:19'], [4320, 'zh', '1 时 12 分'], [7200, 'en', '2 h 00'], [90000, 'zh', '1 天'], [-5, 'en', '00:00'],
  ] as const)('a wall countdown of %s s in %s reads %s', (s, lang, text) => expect(wallSpan(s, lang)).toBe(text))
  it.each([
    [245, 'zh', '4 分 05 秒'], [59, 'en', '59 s'], [4320, 'zh', '1 小时 12 分'], [90000, 'en', '1 d 1 h'],
  ] as const)('%s s in words in %s reads %s', (s, lang, text) => expect(span(s, lang)).toBe(text))
  it('shows an age in mm:ss first and in minutes later', () => expect([age(41, 'zh'), age(2340, 'zh')]).toEqual(['00:41', '39 分']))
  it('takes epoch seconds and RFC 3339 alike', () => expect([seconds(5), seconds('1970-01-01T00:00:05Z')]).toEqual([5, 5]))
})

describe('freshness', () => {
  it.each([[0, 'fresh'], [3, 'fresh'], [4, 'late'], [10, 'late'], [10.1, 'lost']])('data %s s old is %s', (old, state) =>
    expect(freshness(1000 - old, 1000)).toBe(state))
  it('is lost where nothing is known', () => expect(freshness(NaN, 1000)).toBe('lost'))
})

describe('alarms', () => {
  it('come critical first, then unacknowledged, then by priority, then the newest', () => {
    const rows = fold([
      alarm('old', { severity: 'major', raised_at: 1 }), alarm('new', { severity: 'major', raised_at: 2 }), alarm('worst', { severity: 'critical' }),
      alarm('asks', { isa_state: 'B' }), alarm('gone', { isa_state: 'D', returned_at: 3 }),
    ])
    expect(rows.map(row => row.lead.id)).toEqual(['worst', 'asks', 'new', 'old', 'gone'])
  })
  it('that are critical stay on top of a flood, answered or kept back', () => {
    const flood = Array.from({ length: 500 }, (_, n) => alarm(`m${n}`, { isa_state: 'B', raised_at: 1000 + n }))
    const kept = { severity: 'critical', isa_state: 'F', hidden_by: '$planned:w', kept_by: { zh: '计划检修', en: 'Planned maintenance' } } as const
    const rows = fold([...flood, alarm('seen', { severity: 'critical' }), alarm('kept', kept), alarm('minor', { ...kept, severity: 'minor' })])
    expect(rows.slice(0, 2).map(row => row.lead.id)).toEqual(['seen', 'kept'])
    expect(rows.length).toBe(502)
  })
  it('that another explains are folded under it', () => {
    const rows = fold([alarm('lead', { rule: 'FP-01', isa_state: 'B' }), alarm('limit', { hidden_by: 'FP-01', isa_state: 'F' })])
    expect(rows.map(row => row.explained.length)).toEqual([1])
  })
  it('of a device stand until they are heard to be over, the worst first', () => {
    const looked = [alarm('over', { version: 1 }), alarm('slow', { version: 1 }), alarm('told', { severity: 'info' })]
    const heard = [alarm('over', { version: 2, returned_at: 9 }), alarm('new', { severity: 'major' }), alarm('other', { device: 'e' })]
    expect(standing('d', looked, heard).map(one => one.id)).toEqual(['new', 'slow'])
  })
})

describe('tickets', () => {
  it('come by the time that is left, those without a promise last', () => {
    const sorted = [ticket('none', null), ticket('later', 900), ticket('over', 10)].sort(byTimeLeft(100))
    expect(sorted.map(one => one.id)).toEqual(['over', 'later', 'none'])
    expect(left(ticket('x', 160), 100)).toBe(60)
  })
  it.each([[100, 'ok'], [850, 'near'], [1001, 'over']])('at %s s of 1000 the promise is %s', (now, how) => expect(pressure(ticket('x', 1000), now)).toBe(how))
  it('ask for the photo, then for the signal, then let it be closed', () => {
    const at = (missing: { zh: string; en: string }[]) => next(ticket('x', null, { allowed: ['close', 'comment', 'photo'], missing }))
    const [signal, photo] = [{ zh: '信号', en: 'the signal is not back' }, { zh: '照片', en: 'a photo is missing' }]
    expect([at([signal, photo]), at([signal]), at([])]).toEqual(['photo', 'locked', 'close'])
  })
})

it('a bar shows band and limits, within the range of the sensor', () => {
  const point = { span: [0, 1.6], normal: [0.87, 0.95], limits: [['LL', 0.8], ['HH', 1.4]] } as unknown as Point
  expect(range(point).map(v => Number(v.toFixed(2)))).toEqual([0.59, 1.6])
})

describe('a reason under a title', () => {
  it('does not say the title again and keeps figures with their units', () => {
    expect(facts('缺水停炉：水位低 已 10 秒；燃烧器阶段 闭锁', '1号锅炉：缺水停炉')).toEqual(['水位低 已 10 秒', '燃烧器阶段 闭锁'])
    expect(facts('Low-water shutdown: low-water switch acted for 10 s', 'Boiler 1: Low-water shutdown')).toEqual(['Low-water switch acted for 10\u00a0s'])
  })
  it('is whole where it does not begin with it', () => {
    expect(facts('回水压力 0.21 MPa，低于 0.22 MPa', '1号锅炉：回水压力偏低')).toEqual(['回水压力 0.21\u00a0MPa，低于 0.22\u00a0MPa'])
    expect(facts('no title', '')).toEqual(['No title'])
  })
})

describe('fields for a date and a time', () => {
  const at = Date.parse('2026-11-22T08:30:00Z') / 1000
  it.each([['Asia/Shanghai', '2026-11-22T16:30'], ['Europe/Berlin', '2026-11-22T09:30'], ['America/New_York', '2026-11-22T03:30']])('%s', (zone, text) => {
    expect([fieldText(at, zone), fieldTime(text, zone)]).toEqual([text, at])
  })
  it('knows summer time on the day it begins, and says nothing of an empty field', () => {
    expect(fieldTime('2026-03-29T03:30', 'Europe/Berlin')).toBe(Date.parse('2026-03-29T01:30:00Z') / 1000)
    expect(fieldTime('', 'Europe/Berlin')).toBeNaN()
  })
  it('says the date only where it is another than today', () => {
    expect([0, 86_400].map(later => dueText(at + later, at, 'Asia/Shanghai'))).toEqual(['16:30', '11-23 16:30'])
  })
})

it('both languages have the same keys, the same parameters and no empty text', () => {
  const shape = (words: Record<string, string>) => Object.entries(words).map(([key, text]) => [key, (text.match(/\{\w+\}/g) ?? []).sort().join(), text !== ''])
  expect(Object.fromEntries(shape(en).map(([k, ...rest]) => [k, rest]))).toEqual(Object.fromEntries(shape(zh).map(([k, ...rest]) => [k, rest])))
})

describe('work that comes again', () => {
  const again = (more: Partial<Again>): Again => ({ days: [], month_days: [], at: '09:00', length: '120 min', until: null, ...more })
  vi.stubGlobal('document', { documentElement: {} })
  const told: [Lang, Partial<Again>, string][] = [
    ['zh', { days: ['thu', 'tue'] }, '每周二、周四 09:00–11:00，直到有人结束'],
    ['en', { days: ['thu', 'tue'] }, 'every Tue, Thu, 09:00–11:00, until somebody ends it'],
    ['zh', { month_days: [15, 1], at: '22:30', length: '4 h', until: '2027-06-30' }, '每月 1、15 日 22:30–次日 02:30，最后一天 2027-06-30'],
    ['en', { month_days: [15, 1], at: '22:30', length: '1.5 h' }, 'on day 1, 15 of the month, 22:30–00:00 next day, until somebody ends it'],
    ['zh', { days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], length: '30 min' }, '每天 09:00–09:30，直到有人结束'],
    ['en', { days: ['sun'], month_days: [2], length: '1 d' }, 'every Sun and on day 2 of the month, 09:00–09:00 next day, until somebody ends it'],
  ]
  it.each(told)('is a sentence in %s: %o', (lang, more, text) => {
    speak(lang)
    expect(againText(again(more))).toBe(text)
  })
  it('ends the next day unless it ends later the same day', () => expect([minutesTo('09:00', '11:00'), minutesTo('23:00', '01:30'), minutesTo('09:00', '09:00')]).toEqual([120, 150, 1440]))
  it('is told with its next time, in short where that ends the same day', () => {
    speak('zh')
    const work = { begins: 90_000, ends: 97_200, going_on: false, again: again({}), by_name: '李' } as Work
    expect(workText(work, 0, 'UTC')).toBe('定期检修，下次 01-02 01:00 至 03:00，李')
    expect(workText({ ...work, going_on: true }, 91_000, 'UTC')).toBe('定期检修至 03:00，李')
    expect(workText({ ...work, ends: 190_000, again: null }, 0, 'UTC')).toBe('计划检修 01-02 01:00 至 01-03 04:46，李')
  })
})
