/** Alarm sounds without files: P1 fast triple, P2 double, P3 once. They repeat until silenced or answered. */

const PATTERN: Record<1 | 2 | 3, { tones: [start: number, hertz: number][]; every: number | null }> = {
  1: { tones: [[0, 988], [0.14, 988], [0.28, 988]], every: 1.6 },
  2: { tones: [[0, 740], [0.22, 740]], every: 4 },
  3: { tones: [[0, 523]], every: null },
}

/** armed: the browser lets us sound; a page that was never touched may not. */
export const sound = $state({ armed: false, level: 0 as 0 | 1 | 2 | 3, silenced: false })

let audio: AudioContext | undefined
let timer: ReturnType<typeof setTimeout> | undefined

/** Try to get the browser's consent; call it again from a click. */
export async function arm(): Promise<boolean> {
  try {
    audio ??= new AudioContext()
    audio.onstatechange = () => (sound.armed = audio?.state === 'running')
    // Without consent `resume` may never answer.
    await Promise.race([audio.resume(), new Promise(done => setTimeout(done, 300))])
  } catch {
    return (sound.armed = false)
  }
  return (sound.armed = audio.state === 'running')
}

export function beep(level: 1 | 2 | 3): void {
  if (!audio || audio.state !== 'running') return
  for (const [start, hertz] of PATTERN[level].tones) {
    const [tone, gain, at] = [audio.createOscillator(), audio.createGain(), audio.currentTime + start]
    tone.frequency.value = hertz
    tone.type = 'triangle'
    gain.gain.setValueAtTime(0, at)
    gain.gain.linearRampToValueAtTime(0.5, at + 0.01)
    gain.gain.setTargetAtTime(0, at + 0.08, 0.02)
    tone.connect(gain).connect(audio.destination)
    tone.start(at)
    tone.stop(at + 0.2)
  }
}

function round(): void {
  clearTimeout(timer)
  if (!sound.level || sound.silenced) return
  beep(sound.level)
  const { every } = PATTERN[sound.level]
  if (every) timer = setTimeout(round, every * 1000)
}

/** The worst unanswered alarm now (0: none). `news`: one has just come, so a silence given before does not hold. */
export function ring(level: 0 | 1 | 2 | 3, news: boolean): void {
  const same = level === sound.level
  sound.level = level
  if (news) sound.silenced = false
  if (!same || news) round()
}

/** Stops the sound of the present alarms only; it acknowledges nothing. */
export function silence(): void {
  sound.silenced = true
  clearTimeout(timer)
}
