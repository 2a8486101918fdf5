/** The stream of the page: one EventSource, values and alarms as they change, and how old all of it is.
 *
 * Silence is measured on the data, not on the socket: a page whose numbers are old says so even while the line is up.
 */
import { Problem, get } from './api.ts'
import { exactNow, now, setServerTime } from './clock.svelte.ts'
import { LOST, freshness, seconds } from './time.ts'
import type { Alarm, Device, Frame, Heartbeat, Point, Reading, Sign, Ticket, Wall } from './types.ts'

export type Handlers = { alarm?: (alarm: Alarm, before?: Alarm) => void; ticket?: (ticket: Ticket, before?: Ticket) => void }

export async function wallOf(live: Live): Promise<void> {
  live.load(await get<Wall>(`/api/v1/wall?site=${encodeURIComponent(live.site)}`))
}

const bare = (id: string, site: string) => (id.startsWith(`${site}.`) ? id.slice(site.length + 1) : id)

export class Live {
  wall = $state.raw<Wall>()!
  alarms = $state.raw<Alarm[]>([])
  tickets = $state.raw<Ticket[]>([])
  devices = $state.raw<Device[]>([])
  /** The site's time zone: clocks on a page are the site's, wherever it is read. */
  zone = $state<string>()
  broker = $state('connected')
  watch = $state('alive')
  system = $state.raw<Sign[]>([])
  /** Epoch seconds of the newest sample known; 0: none. */
  newest = $state(0)
  /** Server time at which anything was last heard of the stream. */
  heard = $state(0)
  /** Grows with each frame: whoever reads a value and this is told when to look again. */
  frame = $state(0)
  #values = new Map<string, Reading>()
  #limit = LOST
  #source: EventSource | undefined
  #wait = 1
  #lastId = ''
  #opened = false
  #late: (() => void)[] | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #timers: ReturnType<typeof setInterval>[] = []
  #since = 0

  constructor(
    readonly site: string,
    readonly handlers: Handlers = {},
    readonly snapshot: (live: Live) => Promise<void> = wallOf,
  ) {}

  load(wall: Wall): void {
    this.wall = wall
    this.alarms = wall.alarms
    this.zone = wall.timezone
    this.tickets = wall.tickets
    this.devices = wall.rooms.flatMap(room => room.devices)
    this.broker = wall.broker ?? this.broker
    this.watch = wall.watch ?? this.watch
    this.system = wall.system ?? []
    if (wall.seq !== undefined) this.#lastId = String(wall.seq)
    setServerTime(seconds(wall.now))
    const silent = this.devices.flatMap(d => d.points.map(p => p.stale_after ?? Infinity))
    // A site that only speaks every few minutes is not lost after ten seconds. A stale time is 3 periods, at least 60 s.
    const least = Math.min(...silent)
    this.#limit = Number.isFinite(least) && least > 60 ? Math.max(LOST, least / 1.5) : LOST
    for (const device of this.devices)
      for (const point of device.points) if (point.value) this.#keep(`${bare(device.id, this.site)}.${point.name}`, point.value)
    this.#see(seconds(wall.newest))
    this.frame++
  }

  /** The first state of a page that shows tickets only. */
  begin(tickets: Ticket[], seq: number | undefined, zone: string | undefined): void {
    this.zone = zone
    this.tickets = tickets
    if (seq !== undefined) this.#lastId = String(seq)
  }

  #keep(id: string, reading: Reading): void {
    this.#values.set(id, reading)
    if (reading[2] === 0) this.#see(seconds(reading[0]))
  }

  /** A sample from a clock that runs ahead says nothing about freshness. */
  #see(at: number): void {
    if (at > this.newest && at < exactNow() + 120) this.newest = at
  }

  /** The latest reading of a point; call inside a component, it follows each frame. */
  value(device: string, point: string): Reading | undefined {
    void this.frame
    return this.#values.get(`${bare(device, this.site)}.${point}`)
  }

  /** A value that may be believed now, else null: stale, bad and missing are unknown, never normal. */
  known(device: string, point: Point): Reading | null {
    const reading = this.value(device, point.name)
    if (!reading || reading[2] >= 2) return null
    return point.stale_after && now() - seconds(reading[0]) > point.stale_after ? null : reading
  }

  get age(): number {
    return Math.max(0, now() - this.newest)
  }

  get state(): 'fresh' | 'late' | 'lost' {
    if (this.broker !== 'connected' || this.watch !== 'alive' || this.silent) return 'lost'
    const seen = freshness(this.newest, now())
    return seen === 'lost' && this.age <= this.#limit ? 'late' : seen
  }

  start(): void {
    this.heard = exactNow()
    this.#open()
    // What has no event of its own (a shelf that ends, messages refused) comes with a snapshot each minute.
    this.#timers = [setInterval(() => void this.refresh(), 60_000), setInterval(() => this.#watchdog(), 2000)]
    addEventListener('online', this.#wake)
    document.addEventListener('visibilitychange', this.#wake)
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timers.forEach(clearInterval)
    removeEventListener('online', this.#wake)
    document.removeEventListener('visibilitychange', this.#wake)
    this.#source?.close()
  }

  /** Nothing heard of the stream for a while: it is dead, whatever the socket says. */
  get silent(): boolean {
    return now() - this.heard > LOST
  }

  #wake = () => document.visibilityState === 'visible' && this.silent && this.#again(0)

  /** A stalled line gives no error. Heartbeats come every 5 s. */
  #watchdog(): void {
    if (this.#source?.readyState !== EventSource.OPEN || exactNow() - Math.max(this.heard, this.#since) < 15) return
    this.#again(0)
  }

  #open(): void {
    this.#since = exactNow()
    const query = new URLSearchParams({ site: this.site })
    // A new EventSource can't send the header, so the id travels in the address as well.
    if (this.#lastId) query.set('last_event_id', this.#lastId)
    const source = (this.#source = new EventSource(`/api/v1/live?${query}`))
    const on = <T>(type: string, take: (body: T) => void) =>
      source.addEventListener(type, event => {
        this.#wait = 1
        this.heard = exactNow()
        if (event.lastEventId) this.#lastId = event.lastEventId
        take(JSON.parse(event.data) as T)
      })
    on<Frame | NonNullable<Frame['values']>>('values', body => this.#frame('values' in body ? (body as Frame) : { values: body as Frame['values'] }))
    on<Alarm>('alarm', alarm => this.takeAlarm(alarm))
    on<Ticket>('ticket', ticket => this.takeTicket(ticket))
    on<Heartbeat>('heartbeat', beat => this.#beat(beat))
    on('reset', () => void this.refresh())
    // The first stream goes on from the snapshot in the page; after a break values were missed as well.
    source.onopen = () => void (this.#opened || !this.#lastId ? this.refresh() : null, (this.#opened = true))
    source.onerror = () => {
      // The browser retries only while CONNECTING; a refused stream stays closed. So the back-off is ours.
      this.#again(this.#wait)
      this.#wait = Math.min(30, this.#wait * 2)
      // An ended session refuses the stream without saying so; the snapshot tells.
      if (this.#wait > 2) void this.refresh()
    }
  }

  /** Open anew after `wait` seconds, with jitter so that a hall of screens does not come back at once. */
  #again(wait: number): void {
    clearTimeout(this.#timer)
    this.#source?.close()
    this.#timer = setTimeout(() => this.#open(), wait * (700 + 600 * Math.random()))
  }

  /** Everything anew. Changes that arrive meanwhile are applied on top, so nothing falls between snapshot and stream. */
  async refresh(): Promise<void> {
    const late = (this.#late = [] as (() => void)[])
    try {
      await this.snapshot(this)
    } catch (error) {
      if (error instanceof Problem && error.status === 401) location.reload()
    }
    if (this.#late === late) this.#late = null
    for (const apply of late) apply()
  }

  #frame(frame: Frame): void {
    for (const [device, points] of Object.entries(frame.values ?? {}))
      for (const [point, reading] of Object.entries(points)) this.#keep(`${bare(device, this.site)}.${point}`, reading)
    this.frame++
  }

  #beat(beat: Heartbeat): void {
    setServerTime(seconds(beat.at))
    this.heard = exactNow()
    this.broker = beat.broker ?? 'connected'
    this.watch = beat.watch ?? 'alive'
    this.system = beat.system ?? []
    this.#see(seconds(beat.newest))
  }

  takeAlarm(alarm: Alarm): void {
    this.#late?.push(() => this.takeAlarm(alarm))
    const before = this.alarms.find(a => a.id === alarm.id)
    if ((before?.version ?? 0) > (alarm.version ?? 0)) return
    this.alarms = [alarm, ...this.alarms.filter(a => a.id !== alarm.id)].slice(0, 500)
    this.handlers.alarm?.(alarm, before)
  }

  takeTicket(ticket: Ticket): void {
    this.#late?.push(() => this.takeTicket(ticket))
    const before = this.tickets.find(other => other.id === ticket.id)
    if ((before?.version ?? 0) > ticket.version) return
    // The stream tells a ticket without its photos.
    this.tickets = [{ photos: before?.photos, ...ticket }, ...this.tickets.filter(other => other.id !== ticket.id)].slice(0, 500)
    this.handlers.ticket?.(ticket, before)
  }

  /** The name of a point in the API. */
  id(device: string, point: string): string {
    return `${this.site}.${bare(device, this.site)}.${point}`
  }

  device(id: string): Device | undefined {
    return this.devices.find(d => bare(d.id, this.site) === bare(id, this.site))
  }

  /** Points that should be heard, and those that are. */
  get online(): { points: number; of: number; gateways: number; gatewaysOf: number } {
    const count = { points: 0, of: 0, gateways: 0, gatewaysOf: 0 }
    for (const device of this.devices) {
      const [here, of] = this.#count(device)
      count.points += here
      count.of += of
      if (device.kind !== 'gateway') continue
      count.gatewaysOf++
      const up = this.value(device.id, 'gateway_online')
      if (up ? up[2] < 2 && (up[1] === true || up[1] === 1) : here > 0) count.gateways++
    }
    return count
  }

  /** Adds one device to what is known: a phone loads only the one it looks at. */
  keep(device: Device): void {
    this.devices = [device, ...this.devices.filter(d => bare(d.id, this.site) !== bare(device.id, this.site))]
    for (const point of device.points) if (point.value) this.#keep(`${bare(device.id, this.site)}.${point.name}`, point.value)
    this.frame++
  }

  #count(device: Device): [number, number] {
    const fitted = device.points.filter(point => !point.absent)
    return [fitted.filter(point => this.known(device.id, point)).length, fitted.length]
  }
}
