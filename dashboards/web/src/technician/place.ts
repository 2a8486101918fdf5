/** Where to go. The title of most tickets names the equipment already, then the room is enough. */
import { say } from '../lib/i18n.svelte.ts'
import type { Ticket } from '../lib/types.ts'

export function place(ticket: Ticket): string {
  const [device, room] = [say(ticket.device_name) || ticket.device, say(ticket.room_name) || ticket.room]
  return say(ticket.title).includes(device) ? room : [device, room].filter(Boolean).join(' · ')
}
