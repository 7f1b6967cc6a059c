/**
 * A model on disk, ready to be asked. The one entry to this room for nodes and server.
 *
 * Letters: B pictures, S text tokens, N grounding slots, D width of text and grounding features, C latent channels,
 * h and w height and width of the latent, H and W of the picture.
 */
import { Autoencoder, type EncodedPixels } from './autoencoder.ts'
import { chooseAdapter, withAdapter, type Adapter, type GroundingKind } from './checkpoint/adapter.ts'
import {
  hashModel,
  openModelFolder,
  type Component,
  type ModelFolder,
  type NetworkName,
} from './checkpoint/model-folder.ts'
import { CheckpointError } from './checkpoint/safetensors.ts'
import { Denoiser, type Branch, type Question } from './denoiser.ts'
import { Detector, type DetectorConfig, type Sight } from './detector.ts'
import { chooseDevice, type Device } from './device.ts'
import { ImageEncoder } from './image-encoder.ts'
import type { Gating, UNetPlan } from './networks/unet-config.ts'
import { readSchedulerConfig, type SchedulerConfig } from './samplers/scheduler-config.ts'
import type { Image } from './pictures.ts'
import { TextEncoder, type EncodedText } from './text-encoder.ts'
import type { Tensor } from './tensor.ts'

export type { Branch, EncodedPixels, EncodedText, GroundingKind, Question }

/** What its UNet can be told besides text: nothing, boxes with phrases, boxes with phrases and pictures, or keypoints. */
export type ModelKind = 'text-to-image' | Exclude<Gating, 'none'>

export interface ModelLimits {
  /** Channels the UNet reads: C, or 2C + 1 for inpainting (latent, masked latent, mask). */
  readonly inChannels: number
  readonly latentChannels: number
  /** Pixels along one side of a latent cell. */
  readonly vaeScale: number
  /** The latent size it was trained at, [height, width]. */
  readonly sampleSize: readonly [height: number, width: number]
  /** D. */
  readonly contextWidth: number
  /** S, start and end of text included. */
  readonly tokens: number
  /** N, how many entities it was trained to place. */
  readonly slots: number
  /** P, how many posed figures; 0 where it takes none. */
  readonly figures: number
}

export interface LoadOptions {
  /** `auto`, or the name of a provider. Default `cpu`. */
  readonly device?: string
  /** Threads of one run; default: one per core. */
  readonly threads?: number
  /** The adapter in use, by name: `auto` is the first one or none, `none` the base alone. Default `auto`. */
  readonly adapter?: string
}

export interface Model {
  /** The folder. */
  readonly path: string
  /** SHA-256 of configs and weights, the adapter's included, 64 hex digits. */
  readonly hash: string
  readonly kind: ModelKind
  /** What it can be told, as its adapter says or its UNet shows. */
  readonly grounds: readonly GroundingKind[]
  /** The adapter in use; null where there is none. */
  readonly adapter: string | null
  readonly limits: ModelLimits
  readonly device: Device
  readonly schedulerConfig: SchedulerConfig
  /** One result per text, in order. */
  encodeTexts(texts: readonly string[]): Promise<EncodedText[]>
  /** The grounding feature of a reference picture, [1, D]. */
  encodeReference(image: Image): Promise<Tensor>
  /** What the model's own detector sees in a picture; a score below `threshold` is nothing. */
  look(image: Image, threshold?: number): Promise<Sight>
  /** What that detector can tell apart. */
  detector(): Promise<DetectorConfig>
  /** What the UNet predicts for each branch, [B, C, h, w]. */
  denoise(question: Question): Promise<Tensor[]>
  /** Scaled latent [B, C, h, w] → pixels [B, 3, H, W] in about −1..1. */
  decodeLatent(latent: Tensor): Promise<Tensor>
  /** Pixels [B, 3, H, W] in −1..1 → the distribution of scaled latents; sides must be multiples of `vaeScale`. */
  encodePixels(pixels: Tensor): Promise<EncodedPixels>
  /** Gives all memory back. The next call opens what it needs again. */
  dispose(): Promise<void>
}

/** How many entities GLIGEN's position nets are trained with. */
const groundingSlots = 30

/**
 * Opens a diffusers model folder. Weights are read when a network is first asked.
 *
 * @throws CheckpointError when files are missing or wrong
 * @throws UnsupportedModelError when a config asks for what is not written here
 * @throws DeviceError when the device does not work
 */
export async function loadModel(
  path: string,
  { device = 'cpu', threads, adapter: wanted = 'auto' }: LoadOptions = {},
): Promise<Model> {
  const folder = await openModelFolder(path)
  requireNetworks(folder, ['unet', 'vae', 'text_encoder'])
  const chosen = await chooseDevice(device)
  const options = { provider: chosen.name, ...(threads !== undefined && { threads }) }
  const adapter = await chooseAdapter(path, wanted)
  const [denoiser, autoencoder, texts, hash, scheduler] = await Promise.all([
    openUNet(folder, adapter).then((unet) => new Denoiser(unet, options)),
    folder.component('vae').then((vae) => new Autoencoder(vae, options)),
    TextEncoder.open(folder, options),
    hashModel(path, adapter?.name),
    folder.schedulerConfig(),
  ])
  const images = folder.names.has('image_encoder') ? await ImageEncoder.open(folder, options) : null
  const detector = lazyDetector(path)
  const { plan } = denoiser
  return {
    ...{ path, hash, device: chosen, kind: plan.gating === 'none' ? 'text-to-image' : plan.gating },
    grounds: adapter?.config.kinds ?? groundsOf(plan),
    adapter: adapter?.name ?? null,
    schedulerConfig: readSchedulerConfig(`${path}/scheduler/scheduler_config.json`, scheduler),
    limits: limitsOf(denoiser, autoencoder, texts),
    encodeTexts: (list) => texts.encode(list),
    encodeReference: async (image) => {
      if (!images)
        throw new CheckpointError(
          `Cannot encode a reference picture with ${path}: the model has no image_encoder`,
        )
      return await images.encode(image)
    },
    look: async (image, threshold) => (await detector.open()).look(image, threshold),
    detector: async () => (await detector.open()).config,
    denoise: (question) => denoiser.denoise(question),
    decodeLatent: (latent) => autoencoder.decode(latent),
    encodePixels: (pixels) => autoencoder.encode(pixels),
    dispose: async () => {
      await Promise.all([
        denoiser.release(),
        autoencoder.release(),
        texts.release(),
        images?.release(),
        detector.release(),
      ])
    },
  }
}

/** Opened when it is first asked: most runs have nothing to ask it. */
function lazyDetector(path: string): { open(): Promise<Detector>; release(): Promise<void> } {
  let opened: Promise<Detector> | null = null
  return {
    open: () => {
      opened ??= Detector.open(path)
      opened.catch(() => (opened = null))
      return opened
    },
    release: async () => {
      await (await opened?.catch(() => null))?.release()
      opened = null
    },
  }
}

async function openUNet(folder: ModelFolder, adapter: Adapter | null): Promise<Component> {
  const base = await folder.component('unet')
  return adapter ? await withAdapter(base, folder.path, adapter) : base
}

const groundsByGating: Record<Gating, readonly GroundingKind[]> = {
  none: [],
  gated: ['text'],
  'gated-text-image': ['text', 'image', 'style'],
  'gated-keypoint': ['keypoint'],
}

function groundsOf({ gating, inChannels, outChannels }: UNetPlan): readonly GroundingKind[] {
  return inChannels === 2 * outChannels + 1
    ? [...groundsByGating[gating], 'inpaint']
    : groundsByGating[gating]
}

function requireNetworks({ path, names }: ModelFolder, needed: readonly NetworkName[]): void {
  const missing = needed.filter((name) => !names.has(name))
  if (missing.length)
    throw new CheckpointError(
      `Cannot load model ${path}: it has no ${missing.join(', no ')}; a diffusers model folder has them all`,
    )
}

function limitsOf(
  { plan }: Denoiser,
  { config, scale }: Autoencoder,
  { length, width, place }: TextEncoder,
): ModelLimits {
  if (width !== plan.contextWidth)
    throw new CheckpointError(
      `Cannot load model with ${place}: its text features have ${width} values, the UNet reads ${plan.contextWidth}; both must be of one model`,
    )
  const { sample_size: size = 64 } = plan.config
  return {
    inChannels: plan.inChannels,
    latentChannels: config.latent_channels,
    vaeScale: scale,
    sampleSize: typeof size === 'number' ? [size, size] : (size ?? [64, 64]),
    contextWidth: plan.contextWidth,
    tokens: length,
    slots: groundingSlots,
    figures: plan.figures,
  }
}
