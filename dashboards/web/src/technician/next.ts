/** A ticket as this person sees it → the one step that comes next. Pure. */
import type { Ticket } from '../lib/types.ts'

export type Next = 'accept' | 'arrive' | 'resolve' | 'photo' | 'close' | 'locked'

/** `locked`: closing comes next, but a key is missing that this person can't turn. null: nothing for them to do. */
export function next(ticket: Ticket): Next | null {
  const may = ticket.allowed ?? []
  const step = (['accept', 'arrive', 'resolve'] as const).find(action => may.includes(action))
  if (step) return step
  if (!may.includes('close')) return null
  const missing = ticket.missing ?? []
  if (may.includes('photo') && missing.some(key => /photo/i.test(key.en))) return 'photo'
  return missing.length ? 'locked' : 'close'
}
