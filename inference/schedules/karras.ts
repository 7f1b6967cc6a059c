/** The noise levels of Karras et al. 2022, eq. 5 with ρ = 7: dense where there is little noise. */
const rho = 7

/** N levels from σ_max down to σ_min. */
export function karrasSigmas(steps: number, sigmaMax: number, sigmaMin: number): number[] {
  const [from, to] = [sigmaMax ** (1 / rho), sigmaMin ** (1 / rho)]
  return Array.from(
    { length: steps },
    (_, i) => (from + (steps === 1 ? 0 : i / (steps - 1)) * (to - from)) ** rho,
  )
}
