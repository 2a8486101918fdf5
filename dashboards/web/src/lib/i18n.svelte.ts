/** The language of the page, and its words: `t('key', {n: 3})`. The visitor's choice is kept in the cookie `lang`. */
import en from '../i18n/en.json'
import zh from '../i18n/zh.json'
import type { Lang, Words } from './types.ts'

const CATALOGUE: Record<Lang, Record<string, string>> = { zh, en }
const page = $state<{ lang: Lang }>({ lang: 'zh' })

export const lang = () => page.lang

export function speak(to: Lang, keep = false): void {
  page.lang = to
  document.documentElement.lang = to === 'zh' ? 'zh-CN' : 'en'
  if (keep) document.cookie = `lang=${to}; path=/; max-age=31536000; samesite=lax`
}

/** The words of a key with `{name}` replaced. An unknown key shows itself: loud, and found by the tests. */
export function t(key: string, params: Record<string, string | number> = {}): string {
  return (CATALOGUE[page.lang][key] ?? key).replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole))
}

export const has = (key: string) => key in CATALOGUE[page.lang]

/** A text of the server in the page's language. */
export const say = (words: Words | null | undefined) => words?.[page.lang] ?? words?.zh ?? ''

export function firstLang(asked: string | undefined): Lang {
  const query = new URLSearchParams(location.search).get('lang')
  const wanted = query ?? asked ?? document.documentElement.lang
  return wanted.toLowerCase().startsWith('en') ? 'en' : 'zh'
}
