/** Whether people take the pose they are given: COCO's object keypoint similarity by the model's detector. */
import type { Image } from '#inference/pictures.ts'
import { reportOn, type FigureReport } from '#nodes/grounding-report.ts'
import type { Keypoints } from '#nodes/values.ts'
import { noiseSeed } from '../layouts.ts'
import { mean, meanRow, skip, type Row, type Section } from '../section.ts'
import { plainScenes } from '../seeing.ts'
import type { Studio } from '../studio.ts'
import { readPoses } from '../world.ts'

export async function keypoints(studio: Studio): Promise<Section> {
  const title = 'Keypoints: does the figure take the pose'
  const { eyes, options, painter } = studio
  const adapter = studio.adapterFor('keypoint')
  if (adapter === null) return skip(title, 'the model has no adapter for keypoints')
  const poses = (await readPoses(eyes.path)).slice(0, options.layouts)
  if (poses.length === 0) return skip(title, 'the model brings no eval/poses.json')
  const { sigmas, outputs } = await eyes.detector()
  if (!outputs.keypoints) return skip(title, 'the detector of the model sees no keypoints')
  const posed = new Set(studio.world.kinds.flatMap(({ name, figure }) => (figure ? [name] : [])))
  if (posed.size === 0) return skip(title, 'world.json names no kind that is posed')
  const rows: Row[] = []
  // A detector may guess keypoints of whatever it sees: only what is posed can answer, one of it for each figure.
  const answers = async (image: Image, figures: Keypoints): Promise<readonly FigureReport[]> => {
    const { detections } = await eyes.look(image)
    const people = detections.filter(({ kind }) => posed.has(kind))
    const report = reportOn({ entities: [], figures }, people, {
      ...{ threshold: 0.5, kindOf: () => null },
      ...(sigmas && { sigmas }),
    })
    return report.figures
  }
  const addRow = (what: string, pictures: readonly (readonly FigureReport[])[]): void => {
    const scores = pictures.map((figures) => figures.map(({ oks }) => oks))
    const followed = pictures.flat().map(({ found }) => (found ? 1 : 0))
    rows.push({ what, ...meanRow('OKS', scores), 'OKS ≥ 0.5': mean(followed), figures: followed.length })
  }
  const drawn: (readonly FigureReport[])[] = []
  for (const { image, things } of await plainScenes(studio)) {
    const figures = things.flatMap(({ keypoints }) => (keypoints ? [keypoints] : []))
    drawn.push(await answers(image, figures))
  }
  if (drawn.flat().length > 0) addRow('drawings (the upper bound)', drawn)
  for (const [what, tau] of [
    ['posed', options.tau],
    ['same captions, no poses', 0],
  ] as const) {
    const found: (readonly FigureReport[])[] = []
    for (const [i, { caption, keypoints: figures }] of poses.entries()) {
      options.progress(`${title}: ${what}, ${i + 1} of ${poses.length}`)
      const image = await painter.paint({ adapter, caption, seed: noiseSeed(options.seed, i), tau, figures })
      found.push(await answers(image, figures))
    }
    addRow(what, found)
  }
  return { title, rows }
}
