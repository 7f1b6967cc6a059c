/**
 * The UNet at work. What depends only on text and grounding is computed once and kept; a step runs the rest, with all
 * branches of guidance as one batch.
 */
import { createHash } from 'node:crypto'
import type { Component } from './checkpoint/model-folder.ts'
import type { Grounding } from './grounding.ts'
import {
  authorGroundingConditioner,
  authorTextConditioner,
  authorUNetStep,
  keyValueNames,
} from './networks/unet.ts'
import { innerWidth, planUNet, transformerBlocks, type UNetPlan } from './networks/unet-config.ts'
import { LazySession } from './lazy-session.ts'
import { dialects } from './onnx/dialect.ts'
import type { SessionOptions } from './session.ts'
import { rowsOf, stack, tensor, zeros, type Tensor } from './tensor.ts'

/** One of several questions about the same latent, such as with and without the text. */
export interface Branch {
  /** [1, S, D], or [B, S, D] for a batch of different pictures. */
  readonly context: Tensor
  /** Absent: the gated layers are off. `nullGrounding` is not the same: there they run and see only null tokens. */
  readonly grounding?: Grounding
  /** β, the strength of the gated layers; 0 = off. Default 1. */
  readonly beta?: number
}

export interface Question {
  /** [B, C, h, w], scaled for the model's input. */
  readonly sample: Tensor
  /** Training time; one for all pictures, or one for each. */
  readonly timestep: number | readonly number[]
  readonly branches: readonly Branch[]
}

type Feed = Record<string, Tensor>

/** Texts and groundings whose keys and values are kept: those of a run, and of the one before it. */
const keptConditions = 4

export class Denoiser {
  readonly plan: UNetPlan
  private readonly place: string
  private readonly step: LazySession
  private readonly text: LazySession
  private readonly grounding: LazySession
  private readonly prepared = new Map<string, Promise<Feed>>()

  /** @throws UnsupportedModelError */
  constructor({ place, config, weights }: Component, options: SessionOptions) {
    const dialect = dialects[options.provider]
    this.place = place
    this.plan = planUNet(place, config, weights)
    this.step = new LazySession(() => authorUNetStep(this.plan, weights, dialect), options)
    this.text = new LazySession(() => authorTextConditioner(this.plan, weights, dialect), options)
    this.grounding = new LazySession(() => authorGroundingConditioner(this.plan, weights, dialect), options)
  }

  /**
   * Asks the UNet.
   *
   * @returns what it predicts for each branch, [B, C, h, w]
   * @throws TypeError when a shape does not fit the model, or grounding is given to a UNet without gated layers.
   */
  async denoise({ sample, timestep, branches }: Question): Promise<Tensor[]> {
    this.check(sample, branches)
    const batch = sample.shape[0] ?? 1
    const answers = new Map<Branch, Tensor>()
    for (const group of groupsOf(branches)) {
      const { out } = await this.step.run({
        sample: stack(group.map(() => sample)),
        timestep: perPicture(timestep, batch, group.length),
        ...(await this.textFeed(group, batch)),
        ...(await this.gateFeed(group, batch)),
      })
      if (!out) throw new TypeError(`Cannot denoise with ${this.place}: the step has no output`)
      group.forEach((branch, i) => answers.set(branch, rowsOf(out, i * batch, (i + 1) * batch)))
    }
    return branches.flatMap((branch) => answers.get(branch) ?? [])
  }

  async release(): Promise<void> {
    this.prepared.clear()
    await Promise.all([this.step.release(), this.text.release(), this.grounding.release()])
  }

  private check(sample: Tensor, branches: readonly Branch[]): void {
    const { inChannels, contextWidth, gating } = this.plan
    const refuse = (state: string) => new TypeError(`Cannot denoise with ${this.place}: ${state}`)
    if (sample.shape.length !== 4 || sample.shape[1] !== inChannels)
      throw refuse(
        `the latent has shape [${sample.shape}], the model takes [pictures, ${inChannels}, height, width]`,
      )
    const odd = branches.find(
      ({ context }) => context.shape.length !== 3 || context.shape[2] !== contextWidth,
    )
    if (odd)
      throw refuse(
        `the text has shape [${odd.context.shape}], the model takes [1, tokens, ${contextWidth}]; encode it with this model`,
      )
    if (gating === 'none' && branches.some(isGrounded))
      throw refuse(
        'it has no gated layers, so it cannot be grounded; choose a GLIGEN model or disconnect the grounding',
      )
    const posed = gating === 'gated-keypoint'
    if (branches.some((branch) => isGrounded(branch) && 'points' in (branch.grounding ?? {}) !== posed))
      throw refuse(
        `its gated layers read ${posed ? 'keypoints' : 'boxes'}, the grounding has ${posed ? 'boxes' : 'keypoints'}; load the model with another adapter`,
      )
  }

  private async textFeed(group: readonly Branch[], batch: number): Promise<Feed> {
    if (transformerBlocks(this.plan).length === 0) return {}
    const contexts = group.map(({ context }) => context)
    return await this.keep(`text ${batch} ${contexts.map(fingerprint)}`, () =>
      this.text.run({ encoder_hidden_states: stack(contexts.map((context) => repeated(context, batch))) }),
    )
  }

  private async gateFeed(group: readonly Branch[], batch: number): Promise<Feed> {
    if (this.plan.gating === 'none') return {}
    const betas = group.map((branch) => (isGrounded(branch) ? (branch.beta ?? 1) : 0))
    const beta = tensor(Float32Array.from(betas.flatMap((value) => Array<number>(batch).fill(value))), [
      group.length * batch,
    ])
    const pattern = group.find(isGrounded)?.grounding
    if (!pattern) return { beta, ...this.closedGates(group.length * batch) }
    const inputs = group.map((branch) =>
      this.positionInputs(isGrounded(branch) ? (branch.grounding ?? pattern) : pattern),
    )
    const key = inputs.map((input) => Object.values(input).map(fingerprint)).join()
    const feed = await this.keep(`grounding ${batch} ${key}`, () =>
      this.grounding.run(
        stackFeeds(inputs.map((input) => mapFeed(input, (value) => repeated(value, batch)))),
      ),
    )
    return { beta, ...feed }
  }

  /** The step's graph asks for keys and values also where no gated layer runs: one token that nobody looks at. */
  private closedGates(rows: number): Feed {
    const pairs = transformerBlocks(this.plan).flatMap(({ path, plan }) => {
      const { key, value } = keyValueNames(path, 'fuser')
      const nothing = zeros([rows, 1, innerWidth(plan)])
      return [[key, nothing] as const, [value, nothing] as const]
    })
    return Object.fromEntries(pairs)
  }

  private positionInputs(grounding: Grounding): Feed {
    if ('points' in grounding) return { points: grounding.points, masks: grounding.masks }
    const { boxes, masks, phrases, phraseMasks, images, imageMasks } = grounding
    if (this.plan.gating === 'gated') return { boxes, masks, phrases }
    return {
      ...{ boxes, masks, phrases, phraseMasks: phraseMasks ?? masks },
      images: images ?? zeros(phrases.shape),
      imageMasks: imageMasks ?? zeros(masks.shape),
    }
  }

  private async keep(key: string, make: () => Promise<Feed>): Promise<Feed> {
    const found = this.prepared.get(key) ?? make()
    this.prepared.delete(key)
    this.prepared.set(key, found)
    for (const oldest of this.prepared.keys())
      if (this.prepared.size > keptConditions) this.prepared.delete(oldest)
    found.catch(() => this.prepared.delete(key))
    return await found
  }
}

function isGrounded({ grounding, beta = 1 }: Branch): boolean {
  return grounding !== undefined && beta !== 0
}

/** Branches that fit into one batch: texts of one length, groundings of one number of slots. */
function groupsOf(branches: readonly Branch[]): Branch[][] {
  const slotCounts = branches.filter(isGrounded).map(({ grounding }) => grounding?.masks.shape[1])
  const groups = new Map<string, Branch[]>()
  for (const branch of branches) {
    const slots = isGrounded(branch) ? branch.grounding?.masks.shape[1] : slotCounts[0]
    const key = `${branch.context.shape[1]} ${slots}`
    groups.set(key, [...(groups.get(key) ?? []), branch])
  }
  return [...groups.values()]
}

function perPicture(timestep: number | readonly number[], batch: number, times: number): Tensor {
  const one = typeof timestep === 'number' ? Array<number>(batch).fill(timestep) : timestep
  return tensor(Float32Array.from(Array(times).fill(one).flat()), [times * one.length])
}

/** A row for every picture: the one row `batch` times, or the rows as they are. */
function repeated(value: Tensor, batch: number): Tensor {
  return value.shape[0] === 1 && batch > 1 ? stack(Array<Tensor>(batch).fill(value)) : value
}

function mapFeed(feed: Feed, fn: (value: Tensor) => Tensor): Feed {
  return Object.fromEntries(Object.entries(feed).map(([name, value]) => [name, fn(value)]))
}

function stackFeeds(feeds: readonly Feed[]): Feed {
  const names = Object.keys(feeds[0] ?? {})
  return Object.fromEntries(names.map((name) => [name, stack(feeds.flatMap((feed) => feed[name] ?? []))]))
}

const fingerprints = new WeakMap<Float32Array, string>()

/** By content, so that a value that was stored and read again is known. Values are never changed once made. */
function fingerprint({ data, shape }: Tensor): string {
  const known = fingerprints.get(data)
  const bytes = () => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  const hash = known ?? createHash('sha1').update(bytes()).digest('base64')
  fingerprints.set(data, hash)
  return `${shape}:${hash}`
}
