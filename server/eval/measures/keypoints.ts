/** Whether people take the pose they are given: COCO's object keypoint similarity by the model's detector. */
import { figureBox, intersectionOverUnion, keypointSimilarity } from '#inference/detections.ts'
import type { Image } from '#inference/pictures.ts'
import type { Keypoints } from '#nodes/values.ts'
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
  const rows: Row[] = []
  const similarities = async (image: Image, figures: Keypoints): Promise<number[]> => {
    const { detections } = await eyes.look(image)
    return figures.map((figure) => {
      const box = figureBox(figure)
      const alike = detections.flatMap(({ keypoints: seen, box: place }) =>
        seen && box && intersectionOverUnion(box, place) > 0
          ? [keypointSimilarity(figure, seen, sigmas) ?? 0]
          : [],
      )
      return Math.max(0, ...alike)
    })
  }
  const addRow = (what: string, scores: readonly number[]): void => {
    const followed = scores.map((score) => (score >= 0.5 ? 1 : 0))
    rows.push({ what, ...meanRow('OKS', scores), 'OKS ≥ 0.5': mean(followed), figures: scores.length })
  }
  const drawn: number[] = []
  for (const { image, things } of await plainScenes(studio)) {
    const figures = things.flatMap(({ keypoints }) => (keypoints ? [keypoints] : []))
    drawn.push(...(await similarities(image, figures)))
  }
  if (drawn.length > 0) addRow('drawings (the upper bound)', drawn)
  for (const [what, tau] of [
    ['posed', options.tau],
    ['same captions, no poses', 0],
  ] as const) {
    const scores: number[] = []
    for (const [i, { caption, keypoints: figures }] of poses.entries()) {
      options.progress(`${title}: ${what}, ${i + 1} of ${poses.length}`)
      const image = await painter.paint({ adapter, caption, seed: options.seed + i, tau, figures })
      scores.push(...(await similarities(image, figures)))
    }
    addRow(what, scores)
  }
  return { title, rows }
}
