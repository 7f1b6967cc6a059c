/** Time left, counted down between the steps that tell it. */
import type { StepProgress } from './job.ts'

/** Milliseconds left at `now` (milliseconds since 1970); null when it is not known. */
export function timeLeft(step: StepProgress | undefined, now: number): number | null {
  if (!step?.eta || step.eta.ms === 0) return null
  return Math.max(0, step.eta.ms - (now - step.eta.at))
}
