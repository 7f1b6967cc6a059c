import { z } from 'zod'
import { kindIn } from '#inference/detector.ts'
import { drawBoxes, type Colour, type Frame, type Pose } from '../draw-boxes.ts'
import { reportOn, type EntityReport, type GroundingReport } from '../grounding-report.ts'
import { defineNode } from '../node.ts'
import type { Grounding } from '../values.ts'

const green: Colour = [0.2, 0.85, 0.35]
const red: Colour = [0.95, 0.25, 0.2]
const white: Colour = [1, 1, 1]

export default defineNode({
  type: 'grounding/report',
  version: 2,
  title: 'GroundingReport',
  description:
    "Measures whether the picture obeys its grounding: the model's own detector looks at it, and every box and pose is held " +
    'against what it sees.',
  inputs: {
    image: { type: 'Image', description: 'The picture, from VAEDecode' },
    grounding: { type: 'Grounding', description: 'What was asked for; its model brings the detector' },
  },
  outputs: {
    report: {
      type: 'Text',
      description: 'As JSON: for each entity whether it was found, how well, and what is seen there',
    },
    image: {
      type: 'Image',
      description: 'The picture with what was asked for (green: found, red: not) and what was seen (dashed)',
    },
    found: { type: 'Float', description: 'Share of what was asked for that was found, 0 to 1' },
    iou: { type: 'Float', description: 'How well the boxes are filled on average, 0 to 1' },
  },
  params: {
    threshold: z.number().min(0).max(1).default(0.5).meta({
      title: 'Threshold',
      description: 'From this overlap (IoU), or likeness of a pose (OKS), on it counts as found',
      step: 0.05,
    }),
  },
  async run({ image, grounding, threshold }, context) {
    const model = await context.model(grounding.model)
    const config = await model.detector()
    const { detections } = await model.look(image)
    const { entities, figures = [] } = grounding
    const report = reportOn({ entities, figures }, detections, {
      threshold,
      kindOf: (phrase) => kindIn(phrase, config),
      ...(config.sigmas && { sigmas: config.sigmas }),
    })
    context.showValue(inWords(report))
    return {
      report: JSON.stringify(report, null, 2),
      image: await drawBoxes(image, frames(grounding, report), poses(figures, report)),
      found: report.of === 0 ? 0 : report.found / report.of,
      iou: report.meanIou,
    }
  },
})

function frames({ entities }: Grounding, report: GroundingReport): Frame[] {
  const seen = [...report.entities.flatMap(({ sees }) => sees ?? []), ...report.others]
  return [
    ...seen.map(({ box }) => ({ box, colour: white, dashed: true })),
    ...entities.map(({ box }, i) => ({
      box,
      colour: report.entities[i]?.found ? green : red,
      dashed: false,
      label: labelOf(report.entities[i]),
    })),
  ]
}

/** Such as `a cat 0.82`, or `a cat? dog 0.61` where something else is seen. */
function labelOf(entity: EntityReport | undefined): string {
  if (!entity) return ''
  const name = entity.phrase === '' ? 'picture' : entity.phrase
  if (entity.found) return `${name} ${entity.iou}`
  return entity.sees ? `${name}? ${entity.sees.kind} ${entity.sees.iou}` : `${name}?`
}

function poses(figures: NonNullable<Grounding['figures']>, report: GroundingReport): Pose[] {
  return figures.map((figure, i) => ({ figure, colour: report.figures[i]?.found ? green : red }))
}

function inWords({ found, of, meanIou, entities, figures }: GroundingReport): string {
  const missed = entities
    .filter((entity) => !entity.found)
    .map(({ phrase, sees }) => {
      const name = phrase === '' ? 'a picture' : `'${phrase}'`
      return sees ? `${name} (sees ${sees.kind}, IoU ${sees.iou})` : `${name} (sees nothing)`
    })
  const scores = [
    ...(entities.length > 0 ? [`mean IoU ${meanIou}`] : []),
    ...figures.map(({ oks }, i) => `figure ${i + 1} OKS ${oks}`),
  ]
  return [`${found} of ${of} found`, ...scores, ...missed.map((text) => `missed ${text}`)].join('; ')
}
