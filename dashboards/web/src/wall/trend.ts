/** Samples → a line on a canvas. */
import type { Sample } from '../lib/history.ts'
import { levels } from '../lib/model.ts'
import type { Point } from '../lib/types.ts'

export type Frame = { from: number; to: number; scale: [number, number]; limits: number[]; normal: [number, number] | null; gap: number }

/** All of the line, and each limit that is near enough to matter, with a little air. */
export function scaleOf(samples: Sample[], latest: Sample | null, point: Point): [number, number] {
  const seen = [...samples.map(s => s[1]), ...(latest ? [latest[1]] : [])]
  const marks = [...levels(point).map(([, v]) => v), ...(point.normal ?? [])]
  if (!seen.length) seen.push(...marks)
  if (!seen.length) return point.span ?? [0, 1]
  let [low, high] = [Math.min(...seen), Math.max(...seen)]
  const reach = Math.max(high - low, ...(point.normal ? [point.normal[1] - point.normal[0]] : [Math.abs(high) * 0.1])) * 1.2
  const near = marks.filter(v => v > low - reach && v < high + reach)
  ;[low, high] = [Math.min(low, ...near), Math.max(high, ...near)]
  const air = (high - low || Math.abs(high) || 1) * 0.12
  return [low - air, high + air]
}

export function drawTrend(canvas: HTMLCanvasElement, samples: Sample[], before: Sample[], frame: Frame): void {
  const ratio = devicePixelRatio || 1
  const [width, height] = [Math.round(canvas.clientWidth * ratio), Math.round(canvas.clientHeight * ratio)]
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height })
  const pen = canvas.getContext('2d')
  if (!pen) return
  const colour = (name: string) => getComputedStyle(canvas).getPropertyValue(name)
  const unit = width / 330 // the line is as thick as on a 1920-wide wall
  const y = (v: number) => ((frame.scale[1] - v) / (frame.scale[1] - frame.scale[0])) * height
  const x = (at: number) => ((at - frame.from) / (frame.to - frame.from)) * width
  pen.clearRect(0, 0, width, height)
  if (frame.normal) {
    pen.fillStyle = colour('--tile')
    pen.fillRect(0, y(frame.normal[1]), width, y(frame.normal[0]) - y(frame.normal[1]))
  }
  pen.strokeStyle = colour('--mark')
  pen.lineWidth = unit
  pen.setLineDash([5 * unit, 5 * unit])
  for (const limit of frame.limits) {
    pen.beginPath()
    pen.moveTo(0, y(limit))
    pen.lineTo(width, y(limit))
    pen.stroke()
  }
  pen.setLineDash([])
  pen.lineJoin = 'round'
  pen.lineWidth = unit
  line(pen, before, frame, x, y)
  pen.strokeStyle = colour('--bar')
  pen.lineWidth = 2 * unit
  // The last value holds until now, unless it is too old to believe.
  const last = samples.at(-1)
  line(pen, last && frame.to - last[0] < frame.gap ? [...samples, [frame.to, last[1]]] : samples, frame, x, y)
}

/** One line, broken where nothing was known for a while. */
function line(pen: CanvasRenderingContext2D, samples: Sample[], frame: Frame, x: (at: number) => number, y: (v: number) => number): void {
  pen.beginPath()
  let last = -Infinity
  for (const [at, v] of samples) {
    if (at < frame.from - frame.gap) continue
    if (at - last > frame.gap) pen.moveTo(x(at), y(v))
    else pen.lineTo(x(at), y(v))
    last = at
  }
  pen.stroke()
}
