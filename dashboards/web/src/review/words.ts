/** Times and sentences of the review list. Pure. */

/** 11-22 14:32 on the site's own clock. */
export function dayText(at: number, zone: string | undefined): string {
  if (!Number.isFinite(at)) return '--'
  const wishes: Intl.DateTimeFormatOptions = { month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }
  if (zone) wishes.timeZone = zone
  const parts = Object.fromEntries(new Intl.DateTimeFormat('en-GB', wishes).formatToParts(at * 1000).map(part => [part.type, part.value]))
  return `${parts.month}-${parts.day} ${parts.hour}:${parts.minute}`
}

/** A reason's halves, each on a line of its own: what was seen and is usual, how rare, what it is most like. */
export const halves = (reason: string) => reason.split(/；|; /)
