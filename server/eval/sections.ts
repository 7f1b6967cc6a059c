/** What is measured, section by section. A section whose adapter or material the model lacks says so in one line. */
import { languages, layouts, tauSweep, upperBound } from './measures/boxes.ts'
import { inpainting } from './measures/inpainting.ts'
import { keypoints } from './measures/keypoints.ts'
import { references, styles } from './measures/pictures.ts'
import type { Measure } from './section.ts'

export const sections: ReadonlyMap<string, Measure> = new Map([
  ['drawings', upperBound],
  ['boxes', layouts],
  ['tau', tauSweep],
  ['keypoints', keypoints],
  ['images', references],
  ['styles', styles],
  ['inpaint', inpainting],
  ['languages', languages],
])
