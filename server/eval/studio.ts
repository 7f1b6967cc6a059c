/** What a measurement works with: a painter, the model's own eyes, and what its folder says that it was taught. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Model } from '#inference/model.ts'
import { openModelShelf } from '../models/model-shelf.ts'
import type { RunnerOptions } from '../runner/messages.ts'
import { openPainter, type Painter, type PaintSettings } from './painter.ts'
import { readWorld, type World } from './world.ts'

export interface EvalOptions extends PaintSettings {
  readonly layouts: number
  readonly seed: number
  /** τ of everything but the sweep. */
  readonly tau: number
  /** Told of every picture, as it is painted. */
  readonly progress: (what: string) => void
}

export interface Studio {
  readonly options: EvalOptions
  /** Of the model's weights. */
  readonly hash: string
  readonly world: World
  readonly painter: Painter
  /** With the adapter that a kind of grounding needs; null where the model has none for it. */
  adapterFor(ground: string): string | null
  /** The model for looking and comparing: it paints nothing. */
  readonly eyes: Pick<Model, 'path' | 'look' | 'detector' | 'encodeReference'>
  close(): Promise<void>
}

/** @throws Error when there is no such model, or it brings nothing to measure it by. */
export async function openStudio(runner: RunnerOptions, options: EvalOptions): Promise<Studio> {
  const shelf = openModelShelf(runner.modelDirs, runner.device)
  const ref = await shelf.findModel(options.model)
  const eyes = await shelf.model(ref)
  const info = (await shelf.scan()).models.find(({ id }) => id === options.model)
  if (!info?.detector)
    throw new Error(
      `Cannot measure '${options.model}': it brings no detector (detector/model.onnx), so nothing can say what stands where`,
    )
  const world = await readWorld(eyes.path)
  const dataDir = await mkdtemp(join(tmpdir(), 'groundwork-eval-'))
  const painter = await openPainter({ ...runner, dataDir }, options)
  return {
    ...{ options, hash: info.hash, world, painter, eyes },
    adapterFor: (ground) => {
      if (info.grounds.includes(ground)) return 'auto'
      return info.adapters.find(({ grounds }) => grounds.includes(ground))?.name ?? null
    },
    close: async () => {
      await painter.close()
      await shelf.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
