/** Calls to the server: CSRF token, idempotency key, problem documents (RFC 9457) as one exception with words for people. */
import type { Boot, Words } from './types.ts'

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly words: Words,
    readonly allowed: string[] = [],
    readonly body: Record<string, unknown> = {},
  ) {
    super(words.en)
  }
}

let csrf = ''

/** The first state, written into the page by the server. */
export function readBoot(): Boot {
  const text = document.getElementById('boot')?.textContent
  const boot: Boot = text ? JSON.parse(text) : { site: '' }
  csrf = boot.csrf ?? ''
  return boot
}

/** 128 random bits. `crypto.randomUUID` is missing on plain http in a LAN. */
export function key(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('')
}

const words = (said: unknown): Words | null =>
  typeof said === 'string' && said ? { zh: said, en: said } : said && typeof said === 'object' && 'zh' in said ? (said as Words) : null

async function answer(request: Promise<Response>): Promise<unknown> {
  let response: Response
  try {
    response = await request
  } catch {
    throw new Problem(0, { zh: '连不上服务器', en: 'The server cannot be reached' })
  }
  const body: Record<string, unknown> = await response.json().catch(() => ({}))
  if (response.ok) return body
  const said = words(body.says) ?? words(body.detail) ?? words(body.title) ?? { zh: `服务器回答 ${response.status}`, en: `The server answered ${response.status}` }
  throw new Problem(response.status, said, (body.allowed as string[] | undefined) ?? [], body)
}

export const get = <T>(path: string) => answer(fetch(path, { headers: { accept: 'application/json' }, cache: 'no-store' })) as Promise<T>

/** `once` names this action, so that a repeat after a lost answer does nothing twice. */
export function post<T>(path: string, body: object | FormData, once = key()): Promise<T> {
  const form = body instanceof FormData
  const headers: Record<string, string> = { accept: 'application/json', 'x-csrf-token': csrf, 'idempotency-key': once }
  if (!form) headers['content-type'] = 'application/json'
  return answer(fetch(path, { method: 'POST', headers, body: form ? body : JSON.stringify(body) })) as Promise<T>
}

/** Signing out is a form post that ends on the sign-in page. */
export async function signOut(): Promise<void> {
  await fetch('/logout', { method: 'POST', headers: { 'x-csrf-token': csrf } }).catch(() => undefined)
  location.assign('/login')
}
