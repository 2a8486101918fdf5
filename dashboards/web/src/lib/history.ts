/** Past values of a point, a few requests at a time so that the stream keeps its connection. */
import { get } from './api.ts'
import { seconds } from './time.ts'
import type { Time } from './types.ts'

export type Sample = [at: number, value: number]
type Answer = { items?: unknown[]; samples?: unknown[] }

let running = 0
const waiting: (() => void)[] = []

async function turn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= 2) await new Promise<void>(go => waiting.push(go))
  running++
  try {
    return await work()
  } finally {
    running--
    waiting.shift()?.()
  }
}

/** Items are [ts, value, …] or objects with a time and a value; a minute's mean stands for the minute. */
function sample(item: unknown): Sample | null {
  const row = Array.isArray(item) ? item : item && typeof item === 'object' ? fields(item as Record<string, unknown>) : []
  const [at, value] = [seconds(row[0] as Time), row[1]]
  return Number.isFinite(at) && typeof value === 'number' ? [at, value] : null
}

const fields = (item: Record<string, unknown>) => [item.ts ?? item.at ?? item.t, item.mean ?? item.value ?? item.v]

/** Samples between two times, about `step` seconds apart; none where the server has none or can't say. */
export function history(point: string, from: number, to: number, step: number): Promise<Sample[]> {
  const query = new URLSearchParams({ from: String(Math.floor(from)), to: String(Math.ceil(to)), step: String(step) })
  return turn(async () => {
    try {
      const answer = await get<Answer>(`/api/v1/points/${encodeURIComponent(point)}/history?${query}`)
      return (answer.items ?? answer.samples ?? []).map(sample).filter(s => s !== null)
    } catch {
      return []
    }
  })
}
