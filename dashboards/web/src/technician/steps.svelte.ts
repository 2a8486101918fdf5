/** A step of a person on a ticket → the server, once, however often the button is pressed on a bad line. */
import { Problem, get, key, post } from '../lib/api.ts'
import type { Live } from '../lib/live.svelte.ts'
import type { Ticket, Words } from '../lib/types.ts'
import { shrink } from './photo.ts'

const RETRY: Words = { zh: '没有发出去：连不上服务器。信号好一点再按一次，不会重复。', en: 'Not sent: the server cannot be reached. Press again with better signal; nothing is done twice.' }
const CHANGED: Words = { zh: '工单刚被别人改过，下面已是最新状态，请再看一眼。', en: 'Somebody changed this ticket just now. What you see below is up to date: please look again.' }

export class Steps {
  busy = $state(false)
  failed = $state<Words | null>(null)
  /** One key per step of one version: a repeat after a lost answer is the same request. */
  #keys = new Map<string, string>()

  constructor(readonly live: Live) {}

  #key(step: string): string {
    const found = this.#keys.get(step) ?? key()
    this.#keys.set(step, found)
    return found
  }

  /** accept, arrive, resolve, close, comment. True: done. */
  take(ticket: Ticket, action: string, note = ''): Promise<boolean> {
    const once = this.#key(`${ticket.id} ${action} ${ticket.version} ${note}`)
    return this.#send(ticket, () => post<Ticket>(`/api/v1/tickets/${ticket.id}/${action}`, { version: ticket.version, note }, once))
  }

  async photo(ticket: Ticket, kind: 'before' | 'after', file: File): Promise<boolean> {
    const once = this.#key(`${ticket.id} photo ${kind} ${file.name} ${file.lastModified} ${file.size}`)
    return this.#send(ticket, async () => {
      const form = new FormData()
      form.set('kind', kind)
      form.set('file', await shrink(file), 'photo.jpg')
      return post<Ticket>(`/api/v1/tickets/${ticket.id}/photos`, form, once)
    })
  }

  async #send(ticket: Ticket, call: () => Promise<Ticket>): Promise<boolean> {
    if (this.busy) return false
    this.busy = true
    this.failed = null
    try {
      this.live.takeTicket(await call())
      return true
    } catch (error) {
      await this.#explain(ticket, error)
      return false
    } finally {
      this.busy = false
    }
  }

  /** What went wrong and what to do; after a conflict the newest state stands below the words. */
  async #explain(ticket: Ticket, error: unknown): Promise<void> {
    if (!(error instanceof Problem)) throw error
    this.failed = error.status === 0 ? RETRY : String(error.body.type).endsWith(':version') ? CHANGED : error.words
    if (error.status === 409) await this.look(ticket.id)
  }

  /** The ticket anew, with its photos. */
  async look(id: string): Promise<void> {
    try {
      this.live.takeTicket(await get<Ticket>(`/api/v1/tickets/${id}`))
    } catch (error) {
      if (!(error instanceof Problem)) throw error
    }
  }
}
