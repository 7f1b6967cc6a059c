/** How strong the gated layers are at each step (arXiv 2301.07093, §3.4). Pure: the editor draws the curve. */

/** Fractions of the steps; what is left runs without gated layers. */
export interface GateSchedule {
  /** β = 1. */
  readonly on: number
  /** β falls to 0 in equal parts. */
  readonly decay: number
}

/** β at a step: 1 for the first ⌊on·total⌋ steps, then 1 − j/n for j = 1..n with n = ⌊decay·total⌋, then 0. */
export function gateStrength(index: number, total: number, { on, decay }: GateSchedule): number {
  const full = wholeSteps(on, total)
  const falling = Math.min(wholeSteps(decay, total), total - full)
  if (index < full) return 1
  const j = index - full + 1
  return j <= falling ? 1 - j / falling : 0
}

/** β of every step. */
export function gateCurve(total: number, schedule: GateSchedule): number[] {
  return Array.from({ length: total }, (_, index) => gateStrength(index, total, schedule))
}

/** ⌊fraction·total⌋, where 0.3 of 10 is 3 although 0.1 + 0.2 is a little more than 0.3. */
export function wholeSteps(part: number, total: number): number {
  return Math.floor(part * total + 1e-9)
}
