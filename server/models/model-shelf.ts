/** The models of this machine: every folder below the model folders that is one, by its name; some of them in memory. */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { adapterNames, chooseAdapter } from '#inference/checkpoint/adapter.ts'
import { checkManifest } from '#inference/checkpoint/manifest.ts'
import { filesOf, hashModel } from '#inference/checkpoint/model-folder.ts'
import { loadModel, type Model } from '#inference/model.ts'
import type { FindModel } from '#nodes/node.ts'
import type { ModelRef } from '#nodes/values.ts'
import { suggest } from '#workflows/nearest.ts'
import type { AdapterInfo, ModelInfo } from '#workflows/protocol.ts'
import { limits } from '../limits.ts'
import { log } from '../log.ts'
import { checkDeviceName, chooseDeviceFor } from './choose-device.ts'
import { RecentlyUsed } from './recently-used.ts'

export interface ModelShelf {
  /** Every model that can be used, and for each folder that only looks like one the reason. */
  scan(): Promise<{ readonly models: readonly ModelInfo[]; readonly unusable: readonly Unusable[] }>
  /** @throws Error with the ids that exist when there is no such model, it cannot be used, or its content is another. */
  findModel(id: string, options?: FindModel): Promise<ModelRef>
  /**
   * The model in memory. Its sessions open on first use; the least used model goes when there are too many.
   *
   * @throws Error when it has to be loaded and its content is not what the reference says.
   */
  model(ref: ModelRef): Promise<Model>
  close(): Promise<void>
}

/** A model folder, or one adapter in it, with a fault, such as a file that was not downloaded whole. */
export interface Unusable {
  readonly id: string
  readonly adapter?: string
  readonly message: string
}

/** An id is the name of a folder, never a path. */
const idPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/

/**
 * @param device `auto`, or the name of a device; tried when the first model is loaded
 * @throws ConfigError when the device is unknown
 */
export function openModelShelf(dirs: readonly string[], device: string): ModelShelf {
  checkDeviceName(device)
  const loaded = new RecentlyUsed<Model>(limits.loadedModels, (model) => model.dispose())
  const described = new Map<string, Described>()

  async function scan() {
    const models: ModelInfo[] = []
    const unusable: Unusable[] = []
    for (const [id, path] of await modelFolders(dirs))
      try {
        const adapters: AdapterInfo[] = []
        for (const adapter of await adapterNames(path))
          await describe(id, path, adapter).then(
            ({ title, info: { kind, grounds, hash } }) =>
              adapters.push({ name: adapter, title, kind, grounds, hash }),
            (error: unknown) => unusable.push({ id, adapter, message: messageOf(error) }),
          )
        models.push({ ...(await describe(id, path, 'auto')).info, adapters })
      } catch (error) {
        unusable.push({ id, message: messageOf(error) })
      }
    return { models, unusable }
  }

  async function describe(id: string, path: string, wanted: string): Promise<Described> {
    const adapter = await chooseAdapter(path, wanted)
    const hash = await hashModel(path, adapter?.name)
    const name = adapter?.name ?? 'none'
    const info =
      described.get(`${id} ${hash}`) ??
      (await inspect({ id, path, hash, adapter: name, title: adapter?.config.title ?? '' }))
    described.set(`${id} ${hash}`, info)
    return info
  }

  async function findModel(id: string, { hash, adapter = 'auto' }: FindModel = {}): Promise<ModelRef> {
    const path = await folderOf(id)
    const chosen = await chooseAdapter(path, adapter)
    const found = {
      ...{ id, hash: (await describe(id, path, chosen?.name ?? 'none')).info.hash },
      ...(chosen && { adapter: chosen.name }),
    }
    if (hash !== undefined && hash !== found.hash) throw new Error(otherContent(found, hash))
    return found
  }

  async function folderOf(id: string): Promise<string> {
    const folders = await modelFolders(dirs)
    const path = folders.get(id)
    if (path !== undefined) return path
    throw new Error(
      `Cannot find model '${id}': no folder of that name lies below ${dirs.join(', ')}${suggest(id, [...folders.keys()])}`,
    )
  }

  function model(ref: ModelRef): Promise<Model> {
    return loaded.use(ref.hash, () => load(ref))
  }

  async function load({ id, hash, adapter }: ModelRef): Promise<Model> {
    const path = await folderOf(id)
    await checkManifest(path, await filesOf(path, adapter))
    const found = await hashModel(path, adapter)
    if (found !== hash)
      throw new Error(
        `Cannot load model '${id}': its content was ${short(hash)} when it was chosen and is ${short(found)} now; run the workflow again`,
      )
    const model = await loadModel(path, { device: await chooseDeviceFor(device), adapter: adapter ?? 'none' })
    log.info({ model: id, adapter, device: model.device.name, why: model.device.why }, 'model loaded')
    return model
  }

  return { scan, findModel, model, close: () => loaded.clear() }
}

/** Model folders by id; of two with the same name the first counts. A folder that is missing holds none. */
async function modelFolders(dirs: readonly string[]): Promise<Map<string, string>> {
  const folders = new Map<string, string>()
  for (const dir of dirs)
    for (const id of (await readdir(dir).catch(() => [])).sort())
      if (idPattern.test(id) && !folders.has(id) && (await isModel(join(dir, id)))) folders.set(id, join(dir, id))
  return folders
}

async function isModel(path: string): Promise<boolean> {
  return isFile(join(path, 'model_index.json'))
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() ?? false
}

/** A model with one adapter or none. */
interface Described {
  readonly info: Omit<ModelInfo, 'adapters'>
  /** The adapter's. */
  readonly title: string
}

interface Subject {
  readonly id: string
  readonly path: string
  readonly hash: string
  readonly adapter: string
  readonly title: string
}

/** Looks at a model without opening a session. */
async function inspect({ id, path, hash, adapter, title }: Subject): Promise<Described> {
  const model = await loadModel(path, { device: 'cpu', adapter })
  const { sampleSize, vaeScale } = model.limits
  const size = Math.max(...sampleSize) * vaeScale
  await model.dispose()
  const detector = await isFile(join(path, 'detector', 'model.onnx'))
  const { kind, grounds } = model
  return {
    title,
    info: {
      ...{ id, kind, hash, bytes: await weightBytes(path), size, cell: vaeScale },
      ...{ grounds: [...grounds], detector },
    },
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Bytes of all weight files. */
async function weightBytes(path: string): Promise<number> {
  const entries = await readdir(path, { recursive: true })
  const weights = entries.filter((name) => name.endsWith('.safetensors'))
  const sizes = await Promise.all(weights.map(async (name) => (await stat(join(path, name))).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** The first digits of a hash: enough for people to tell two apart. */
function short(hash: string): string {
  return `${hash.slice(0, 12)}…`
}

function otherContent({ id, hash }: ModelRef, wanted: string): string {
  return (
    `Cannot use model '${id}': the workflow was made with content ${short(wanted)}, this machine has ${short(hash)}; ` +
    `get that content, or clear the hash to use this one`
  )
}
