/** Sixty points → a grey line on a canvas, without axes. Breaks where a value is missing. */
export function spark(canvas: HTMLCanvasElement, values: (number | null)[], least: number): void {
  const ratio = devicePixelRatio || 1
  const [width, height] = [Math.round(canvas.clientWidth * ratio), Math.round(canvas.clientHeight * ratio)]
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height })
  const pen = canvas.getContext('2d')
  const known = values.filter(v => v !== null)
  if (!pen) return
  pen.clearRect(0, 0, width, height)
  if (known.length < 2) return
  // At least `least` high, so that noise on a quiet signal does not look like a storm.
  const [mid, span] = [(Math.min(...known) + Math.max(...known)) / 2, Math.max(Math.max(...known) - Math.min(...known), least)]
  pen.strokeStyle = getComputedStyle(canvas).color
  pen.lineWidth = 1.5 * ratio
  pen.lineJoin = 'round'
  pen.beginPath()
  let down = false
  values.forEach((v, i) => {
    const [x, y] = [(i / (values.length - 1)) * width, v === null ? 0 : height / 2 - ((v - mid) / span) * (height - 4 * ratio)]
    if (v !== null) (down ? pen.lineTo(x, y) : pen.moveTo(x, y))
    down = v !== null
  })
  pen.stroke()
}
