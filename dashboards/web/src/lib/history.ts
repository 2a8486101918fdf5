/** Past values of a point, a few requests at a time so that the stream keeps its connection. */
import { get } from './api.ts'
import { seconds } from './time.ts'
import type { Time } from './types.ts'

export type Sample = [at: number, value: number]
type Answer = { kind?: string; items: unknown[][] }

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

/** Raw items are [ts, value, quality], items of a step [start, min, mean, max]: its mean stands for the step. */
function sample(item: unknown[], kind: string | undefined): Sample | null {
  const [at, value] = [seconds(item[0] as Time), kind === 'raw' ? (item[2] === 0 ? item[1] : null) : item[2]]
  return Number.isFinite(at) && typeof value === 'number' ? [at, value] : null
}

/** Samples between two times, about `step` seconds apart; none where the server has none or can't say. */
export function history(point: string, from: number, to: number, step: number): Promise<Sample[]> {
  const query = new URLSearchParams({ from: String(Math.floor(from)), to: String(Math.ceil(to)), step: String(step) })
  return turn(async () => {
    try {
      const answer = await get<Answer>(`/api/v1/points/${encodeURIComponent(point)}/history?${query}`)
      return answer.items.map(item => sample(item, answer.kind)).filter(s => s !== null)
    } catch {
      return []
    }
  })
}
