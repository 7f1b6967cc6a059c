/** All it takes to run a workflow in this process: nodes, models, pictures and the cache, joined to the engine. */
import type { Catalogue } from '#nodes/node-info.ts'
import type { Image } from '#nodes/values.ts'
import type { Workflow } from '#workflows/format.ts'
import type { BranchPoint, EngineEvent } from '#workflows/protocol.ts'
import { drawLatent } from '#nodes/draw-latent.ts'
import { decodePicture, encodePng } from '#inference/pictures.ts'
import { ResultCache } from '../engine/cache.ts'
import type {
  Branch,
  ExecuteOptions,
  PreviewPlace,
  RunResult,
  SaveOptions,
  Services,
  StoredPicture,
} from '../engine/engine.ts'
import { execute } from '../engine/execute.ts'
import { limits } from '../limits.ts'
import { log } from '../log.ts'
import { openModelShelf } from '../models/model-shelf.ts'
import { openPictureStore, type PictureStore } from '../pictures/picture-store.ts'
import { writeWorkflow } from '../pictures/png-text.ts'
import { catalogueOf, loadRegistry } from '../registry.ts'
import { openStepStore, type StepPlace, type StepStore } from '../steps/step-store.ts'
import type { RunnerFacts, RunnerOptions } from './messages.ts'

export interface BenchRun {
  /** Whose steps are kept under this name; without one none are. */
  readonly job?: string
  readonly workflow: Workflow
  readonly targets?: readonly string[]
  readonly branch?: BranchPoint
  readonly signal: { readonly aborted: boolean }
  readonly emit: (event: EngineEvent) => void
  readonly onCall?: ExecuteOptions['onCall']
  readonly previews?: {
    /** Whether somebody looks right now; if not, no preview is drawn. */
    isWatched(): boolean
    send(place: PreviewPlace, image: Image): Promise<void>
  }
}

export interface Workbench {
  /** The catalogue and the models, looked up anew. */
  describe(): Promise<RunnerFacts>
  run(run: BenchRun): Promise<RunResult>
  /** A kept step as a PNG; null when it is not kept (any more) or holds nothing to draw. */
  drawStep(place: StepPlace): Promise<Uint8Array | null>
  close(): Promise<void>
}

/** A picture that a run made, as the file it is stored as. */
export interface MadePicture extends StoredPicture {
  readonly png: Uint8Array
  readonly options: SaveOptions
}

export type PictureListener = (made: MadePicture) => void

/**
 * Reads the nodes and opens the folders. No model is loaded before a run needs it.
 *
 * @throws Error when a node does not register.
 */
export async function openWorkbench(options: RunnerOptions, onPicture?: PictureListener): Promise<Workbench> {
  const registry = await loadRegistry(options.nodesDir)
  const shelf = openModelShelf(options.modelDirs, options.device)
  const pictures = await openPictureStore(options.dataDir)
  const steps = openStepStore(options.dataDir, limits)
  const cache = new ResultCache(options.cacheBytes ?? limits.cacheBytes)
  const services: Services = { ...shelf, ...pictureServices(pictures, onPicture) }

  async function describe(): Promise<RunnerFacts> {
    const { models, unusable } = await shelf.scan()
    // An unusable model stays a choice: whoever runs it is told by its node what is wrong with it.
    const ids = [...new Set([...models, ...unusable].map(({ id }) => id))]
    const adapters = models.flatMap((model) => model.adapters.map(({ name }) => name))
    const catalogue: Catalogue = catalogueOf(registry, {
      models: ids,
      adapters: [...new Set(['auto', 'none', ...adapters])],
    })
    return { catalogue, models }
  }

  return {
    describe,
    async run({ previews, job, branch: point, ...run }) {
      const keeper = job === undefined ? null : await steps.begin(job)
      const branch = point && (await branchAt(steps, point))
      let isTold = false
      return execute({
        ...run,
        onLostPreview(node, error) {
          if (!isTold) log.warn({ err: error, job, node }, 'a preview cannot be drawn')
          isTold = true
        },
        ...(branch && { branch }),
        registry,
        cache,
        services: { ...services, ...(keeper && { keepStep: (step) => keeper.keep(step) }) },
        get emitPreview() {
          return previews?.isWatched() ? previews.send : undefined
        },
      })
    },
    async drawStep(place) {
      const latent = (await steps.read(place))?.latent
      return latent ? encodePng(await drawLatent(await shelf.model(latent.model), latent)) : null
    },
    close: () => shelf.close(),
  }
}

/** Step 0 begins as every run does. A later one begins with what the step before it carried on. */
async function branchAt(steps: StepStore, { job, node, step, cell }: BranchPoint): Promise<Branch | null> {
  if (step === 0) return null
  const kept = await steps.readItems({ job, node, index: step - 1, ...(cell && { cell }) })
  if (kept.length > 0) return { node, step, carried: kept.map(({ carried }) => carried) }
  throw new Error(
    `Cannot begin '${node}' at step ${step + 1}: what the run before carried there is not kept any more, run it from the start`,
  )
}

function pictureServices(
  pictures: PictureStore,
  onPicture: PictureListener | undefined,
): Pick<Services, 'loadPicture' | 'savePicture'> {
  return {
    async loadPicture(id) {
      const png = await pictures.get(id)
      if (!png)
        throw new Error(
          `Cannot load picture '${id}': this machine has none of that id, drop the picture on the node again`,
        )
      return decodePicture(png, { maxPixels: limits.picturePixels })
    },
    async savePicture(image, options) {
      const png = writeWorkflow(await encodePng(image), options.workflow)
      const picture = await pictures.put(png, { kept: options.saved })
      const stored = { picture, width: image.width, height: image.height }
      onPicture?.({ ...stored, png, options })
      return stored
    },
  }
}
