/** Runs single nodes on the small model of the fixtures, without an engine. */
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadModel, type Model } from '#inference/model.ts'
import type { AnyNode, RunContext } from '#nodes/node.ts'
import type { Image, ModelRef } from '#nodes/values.ts'

export interface NodeBench {
  /** The model's folder: a copy that a test may change. */
  readonly folder: string
  /** A reference to the model with one of its adapters. */
  ref(adapter: string): Promise<ModelRef>
  model(adapter: string): Promise<Model>
  /** What a node gives for these inputs and parameters; parameters pass through their schemas. */
  run(node: AnyNode, values: Record<string, unknown>): Promise<Record<string, unknown>>
  readonly pictures: Map<string, Image>
  /** What nodes showed, in order. */
  readonly shown: string[]
  close(): Promise<void>
}

export async function openNodeBench(fixture: string): Promise<NodeBench> {
  const folder = await mkdtemp(join(tmpdir(), 'nodes-'))
  await cp(fixture, folder, { recursive: true })
  const models = new Map<string, Promise<Model>>()
  const pictures = new Map<string, Image>()
  const shown: string[] = []
  const open = (adapter: string) => {
    const found = models.get(adapter) ?? loadModel(folder, { adapter })
    models.set(adapter, found)
    return found
  }
  const context: RunContext = {
    signal: { aborted: false },
    findModel: () => Promise.reject(new Error('Cannot find a model: tests name theirs')),
    model: (ref) => open(ref.adapter ?? 'none'),
    loadPicture: async (id) => {
      const picture = pictures.get(id)
      if (!picture) throw new Error(`Cannot load picture '${id}': the test has none`)
      return picture
    },
    savePicture: async () => undefined,
    showValue: (text) => void shown.push(text),
    preview: async () => undefined,
  }
  return {
    folder,
    pictures,
    shown,
    model: open,
    ref: async (adapter) => ({ id: 'small', adapter, hash: (await open(adapter)).hash }),
    run: async (node, values) => {
      const params = Object.entries(node.params).map(([name, schema]) => [name, schema.parse(values[name])])
      return await node.run({ ...values, ...Object.fromEntries(params) }, context)
    },
    close: async () => {
      for (const model of models.values()) await (await model).dispose()
      await rm(folder, { recursive: true })
    },
  }
}

/** A picture of one colour. */
export function plain(width: number, height: number, colour: readonly [number, number, number]): Image {
  return {
    width,
    height,
    data: Float32Array.from({ length: width * height * 3 }, (_, i) => colour[i % 3] ?? 0),
  }
}
