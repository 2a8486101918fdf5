/** The server's time on this screen: its offset is measured with every heartbeat, one tick a second moves every countdown. */

const state = $state({ now: Date.now() / 1000 })
let offset = 0
let timer: ReturnType<typeof setInterval> | undefined

/** Epoch seconds on the server's clock, moved once a second. */
export const now = () => state.now

export function setServerTime(at: number): void {
  if (!Number.isFinite(at)) return
  offset = at - Date.now() / 1000
  state.now = at
}

export const exactNow = () => Date.now() / 1000 + offset

export function startClock(): void {
  timer ??= setInterval(() => (state.now = exactNow()), 1000)
}
