/** Paints pictures for a measurement the way a user would: workflows, run by the engine with one cache. */
import type { Box } from '#inference/detections.ts'
import { decodePicture, encodePng, type Image } from '#inference/pictures.ts'
import type { BoxEntity } from '#nodes/boxes.ts'
import type { Keypoints } from '#nodes/values.ts'
import type { Workflow, WorkflowNode } from '#workflows/format.ts'
import { openPictureStore } from '../pictures/picture-store.ts'
import type { RunnerOptions } from '../runner/messages.ts'
import { openWorkbench } from '../runner/workbench.ts'

/** How every picture of a measurement is made. */
export interface PaintSettings {
  readonly model: string
  readonly sampler: string
  readonly steps: number
  readonly guidance: number
}

/** One picture to paint. */
export interface Wish {
  /** `auto`, `none`, or the name of an adapter. */
  readonly adapter: string
  readonly caption: string
  readonly seed: number
  /** Fraction of the steps with grounding; 0 = without. */
  readonly tau: number
  readonly boxes?: readonly BoxEntity[]
  readonly figures?: Keypoints
  /** Id of a picture whose style is wanted. */
  readonly style?: string
  /** A picture of which only a box is painted anew. */
  readonly within?: { readonly picture: string; readonly box: Box }
}

export interface Painter {
  paint(wish: Wish): Promise<Image>
  /** Makes a picture known to workflows, and returns its id. */
  keep(image: Image): Promise<string>
  close(): Promise<void>
}

/** @param options its data folder takes the pictures that are kept */
export async function openPainter(options: RunnerOptions, settings: PaintSettings): Promise<Painter> {
  let newest: Uint8Array | null = null
  const bench = await openWorkbench(options, ({ png }) => (newest = png))
  const pictures = await openPictureStore(options.dataDir)
  return {
    async paint(wish) {
      newest = null
      const workflow = workflowFor(wish, settings)
      const result = await bench.run({ workflow, signal: { aborted: false }, emit: () => undefined })
      const [error] = result.errors
      if (error) throw error
      if (!newest) throw new Error('Cannot measure: the run made no picture')
      return decodePicture(newest)
    },
    keep: async (image) => pictures.put(await encodePng(image), { kept: true }),
    close: () => bench.close(),
  }
}

type Nodes = Record<string, WorkflowNode>

/** The workflow of a wish, as the examples are: nothing here that a user could not wire. */
export function workflowFor(wish: Wish, { model, sampler, steps, guidance }: PaintSettings): Workflow {
  const { grounding, nodes: grounded } = wish.tau > 0 ? groundingNodes(wish) : { grounding: null, nodes: {} }
  const nodes: Nodes = {
    model: { type: 'model/load', values: { model, adapter: wish.adapter } },
    text: { type: 'text/encode', values: { text: wish.caption }, inputs: { model: 'model.model' } },
    empty: { type: 'text/encode', values: { text: '' }, inputs: { model: 'model.model' } },
    noise: { type: 'latent/noise', values: { seed: wish.seed }, inputs: { model: 'model.model' } },
    ...grounded,
    steps: {
      type: 'sampling/steps',
      values: { sampler, steps },
      inputs: { model: 'model.model', noise: 'noise.latent' },
    },
    unet: {
      type: 'sampling/gated-unet-step',
      values: { guidance },
      inputs: {
        model: 'model.model',
        step: 'steps.step',
        latent: wish.within ? 'blend.latent' : 'steps.latent',
        positive: 'text.conditioning',
        negative: 'empty.conditioning',
        ...(grounding !== null && { grounding: 'cutoff.grounding' }),
      },
    },
    end: { type: 'sampling/end-steps', inputs: { latent: 'unet.latent' } },
    decode: { type: 'vae/decode', inputs: { model: 'model.model', latent: 'end.latent' } },
    show: { type: 'image/preview', inputs: { image: wish.within ? 'paste.image' : 'decode.image' } },
    ...(wish.within && nodesWithin(wish.within)),
  }
  if (grounding !== null)
    nodes['cutoff'] = {
      type: 'grounding/cutoff-switch',
      values: { on: wish.tau },
      inputs: { grounding, step: 'steps.step' },
    }
  return { groundwork: 1, name: 'measurement', nodes }
}

/** The nodes that keep a picture outside a box. */
function nodesWithin({ picture, box }: NonNullable<Wish['within']>): Nodes {
  return {
    kept: { type: 'image/load', values: { picture } },
    clean: { type: 'vae/encode', inputs: { model: 'model.model', image: 'kept.image' } },
    mask: {
      type: 'inpaint/mask',
      values: { boxes: [{ phrase: '', box: [...box] }] },
      inputs: { latent: 'clean.latent' },
    },
    blend: {
      type: 'inpaint/blend',
      inputs: { step: 'steps.step', latent: 'steps.latent', clean: 'clean.latent', mask: 'mask.mask' },
    },
    paste: {
      type: 'inpaint/paste',
      inputs: { image: 'decode.image', original: 'kept.image', mask: 'mask.mask' },
    },
  }
}

/** The nodes that ground the wish, and the output that a CutoffSwitch takes; null where there is nothing to ground. */
function groundingNodes({ boxes = [], figures = [], style }: Wish): {
  grounding: string | null
  nodes: Nodes
} {
  const nodes: Nodes = {}
  const inputs = { model: 'model.model' }
  if (boxes.length > 0) {
    const type = boxes.some(({ image }) => image !== undefined) ? 'grounding/image' : 'grounding/box'
    nodes['boxes'] = { type, values: { boxes: JSON.parse(JSON.stringify(boxes)) as never }, inputs }
  }
  if (style !== undefined) {
    nodes['picture'] = { type: 'image/load', values: { picture: style } }
    nodes['style'] = { type: 'grounding/style', inputs: { ...inputs, image: 'picture.image' } }
  }
  if (figures.length > 0)
    nodes['figures'] = {
      type: 'grounding/keypoint',
      values: { figures: JSON.parse(JSON.stringify(figures)) as never },
      inputs,
    }
  const parts = ['boxes', 'style', 'figures'].filter((name) => Object.hasOwn(nodes, name))
  const [first, second] = parts
  if (first === undefined) return { grounding: null, nodes }
  if (second === undefined) return { grounding: `${first}.grounding`, nodes }
  nodes['merge'] = {
    type: 'grounding/merge',
    inputs: { first: `${first}.grounding`, second: `${second}.grounding` },
  }
  return { grounding: 'merge.grounding', nodes }
}
