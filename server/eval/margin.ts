/** How far a figure may be off by chance: half of its 95 % interval. */
import { dice } from './layouts.ts'

const resamples = 200
/** A normal value lies within so many deviations 95 times of 100. */
const deviations = 1.96

/**
 * By the bootstrap over pictures, since what is measured of one picture stands or falls together. Where every sample gives the
 * same, as when all failed, it would say that nothing is uncertain: then Wilson's interval of a share among as many pictures.
 *
 * @param figureOf the figure of a sample of the pictures, 0..1
 * @returns null without pictures
 */
export function marginOf<Picture>(
  pictures: readonly Picture[],
  figureOf: (sample: readonly Picture[]) => number,
): number | null {
  const count = pictures.length
  if (count === 0) return null
  const roll = dice(0, 0)
  const figures = Array.from({ length: resamples }, () =>
    figureOf(pictures.map((own) => pictures[Math.floor(roll() * count)] ?? own)),
  ).toSorted((a, b) => a - b)
  const at = (share: number): number => figures[Math.round(share * (resamples - 1))] ?? 0
  const margin = (at(0.975) - at(0.025)) / 2
  return margin > 1e-9 ? margin : wilson(figureOf(pictures), count)
}

/** Wilson, "Probable inference, the law of succession, and statistical inference", 1927. */
function wilson(share: number, count: number): number {
  const spread = Math.sqrt((share * (1 - share)) / count + (deviations / (2 * count)) ** 2)
  return (deviations * spread) / (1 + deviations ** 2 / count)
}
