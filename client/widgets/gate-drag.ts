/** Dragging the stages of a gate: full, falling, off, as fractions of the steps. */
import type { GateSchedule } from '#nodes/gate-strength.ts'
import { tidy } from './numbers.ts'

export type Stage = 'on' | 'decay'

const inside = (value: number) => (Number.isFinite(value) ? Math.min(Math.max(value, 0), 1) : 0)
const hundredth = (value: number) => Math.round(value * 100) / 100

/** The schedule with the end of one stage put at a fraction of the steps. The decay keeps its length while it fits. */
export function withEnd(schedule: GateSchedule, stage: Stage, at: number): GateSchedule {
  const on = inside(schedule.on)
  const end = hundredth(inside(at))
  if (stage === 'on') return { on: end, decay: tidy(Math.min(inside(schedule.decay), 1 - end)) }
  return { on, decay: tidy(Math.max(end - on, 0)) }
}

/** Where a stage ends, as a fraction of the steps. */
export function endOf({ on, decay }: GateSchedule, stage: Stage): number {
  return stage === 'on' ? inside(on) : inside(inside(on) + inside(decay))
}
