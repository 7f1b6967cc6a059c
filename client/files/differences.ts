/** What a workflow names that this machine lacks, or has in another version. */
import type { Catalogue } from '#nodes/node-info.ts'
import type { Workflow } from '#workflows/format.ts'
import type { ModelInfo } from '#workflows/protocol.ts'
import { own } from '../document/record.ts'

export type Difference =
  /** No such node type here. `version` is the one that the file was made with, where it says so. */
  | {
      readonly kind: 'no-node'
      readonly type: string
      readonly version: number | null
      readonly nodes: readonly string[]
    }
  /** The node type gives other results than it did where the file was made. */
  | {
      readonly kind: 'node-version'
      readonly type: string
      readonly version: number
      readonly here: number
      readonly nodes: readonly string[]
    }
  /** No such model here. */
  | {
      readonly kind: 'no-model'
      readonly model: string
      readonly hash: string | null
      readonly params: readonly string[]
    }
  /** A model of that name is here, with other weights. */
  | {
      readonly kind: 'model-hash'
      readonly model: string
      readonly hash: string
      readonly here: string
      readonly params: readonly string[]
    }

  /** The model is here, without the adapter that the file asks for by name. */
  | {
      readonly kind: 'no-adapter'
      readonly model: string
      readonly adapter: string
      readonly params: readonly string[]
    }
  /** An adapter of that name is here, with other weights. */
  | {
      readonly kind: 'adapter-hash'
      readonly model: string
      readonly adapter: string
      readonly hash: string
      readonly here: string
      readonly params: readonly string[]
    }

export function differences(
  workflow: Workflow,
  catalogue: Catalogue,
  models: readonly ModelInfo[],
): readonly Difference[] {
  const ofModels = modelDifferences(workflow, catalogue, models)
  // An adapter's hash holds the base too: of a model that differs it says nothing more.
  const same = models.filter(({ id }) => !ofModels.some((one) => 'model' in one && one.model === id))
  return [
    ...nodeDifferences(workflow, catalogue),
    ...ofModels,
    ...adapterDifferences(workflow, catalogue, models, same),
  ]
}

function nodeDifferences({ nodes, madeWith }: Workflow, catalogue: Catalogue): Difference[] {
  const users = grouped(Object.entries(nodes).map(([id, { type }]) => [type, id]))
  return [...users].flatMap(([type, ids]): Difference[] => {
    const info = own(catalogue, type)
    const version = own(madeWith?.nodes, type) ?? null
    if (type.startsWith('subgraph/')) return []
    if (!info) return [{ kind: 'no-node', type, version, nodes: ids }]
    if (version === null || version === info.version) return []
    return [{ kind: 'node-version', type, version, here: info.version, nodes: ids }]
  })
}

function modelDifferences(
  { nodes, madeWith }: Workflow,
  catalogue: Catalogue,
  models: readonly ModelInfo[],
): Difference[] {
  const named = Object.entries(nodes).flatMap(([id, node]) =>
    modelParams(catalogue, node.type, models).flatMap((param) => {
      const model = own(node.values, param)
      return typeof model === 'string' && model !== '' ? [[model, `${id}.${param}`] as const] : []
    }),
  )
  return [...grouped(named)].flatMap(([model, params]): Difference[] => {
    const here = models.find(({ id }) => id === model)
    const hash = own(madeWith?.models, model) ?? null
    if (!here) return [{ kind: 'no-model', model, hash, params }]
    return hash === null || hash === here.hash
      ? []
      : [{ kind: 'model-hash', model, hash, here: here.hash, params }]
  })
}

function adapterDifferences(
  { nodes, madeWith }: Workflow,
  catalogue: Catalogue,
  models: readonly ModelInfo[],
  same: readonly ModelInfo[],
): Difference[] {
  const named = namedAdapters(nodes, catalogue, models)
  const users = grouped(named.map(({ key, at }) => [key, at]))
  return [...users].flatMap(([key, params]): Difference[] => {
    const { model, adapter } = named.find((one) => one.key === key) ?? { model: '', adapter: '' }
    const owner = same.find(({ id }) => id === model)
    const here = owner?.adapters.find(({ name }) => name === adapter)
    const hash = own(madeWith?.adapters, key)
    if (!owner) return []
    if (!here) return [{ kind: 'no-adapter', model, adapter, params }]
    return hash === undefined || hash === here.hash
      ? []
      : [{ kind: 'adapter-hash', model, adapter, hash, here: here.hash, params }]
  })
}

/** Adapters that nodes ask for by name, with the model that they are of. */
function namedAdapters(nodes: Workflow['nodes'], catalogue: Catalogue, models: readonly ModelInfo[]) {
  return Object.entries(nodes).flatMap(([id, node]) => {
    const adapter = own(node.values, 'adapter')
    const known = own(own(catalogue, node.type)?.params, 'adapter')
    if (!known || typeof adapter !== 'string' || ['', 'auto', 'none'].includes(adapter)) return []
    return modelParams(catalogue, node.type, models).flatMap((param) => {
      const model = own(node.values, param) ?? own(own(catalogue, node.type)?.params, param)?.default
      return typeof model === 'string'
        ? [{ key: `${model}/${adapter}`, model, adapter, at: `${id}.adapter` }]
        : []
    })
  })
}

function grouped(pairs: readonly (readonly [string, string])[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>()
  for (const [key, value] of pairs) groups.set(key, [...(groups.get(key) ?? []), value])
  return groups
}

/** Parameters that name a model: a choice among exactly the models of this machine. */
function modelParams(catalogue: Catalogue, type: string, models: readonly ModelInfo[]): string[] {
  const known = new Set(models.map(({ id }) => id))
  return Object.entries(own(catalogue, type)?.params ?? {})
    .filter(
      ([name, { widget, choices = [] }]) =>
        widget === 'choice' &&
        (choices.length > 0 ? choices.every((choice) => known.has(choice)) : name === 'model'),
    )
    .map(([name]) => name)
}

/** The workflow with a note of what it was made with, for whoever opens it elsewhere. */
export function stamped(workflow: Workflow, catalogue: Catalogue, models: readonly ModelInfo[]): Workflow {
  const types = [...new Set(Object.values(workflow.nodes).map(({ type }) => type))].sort()
  const versions = types.flatMap((type) => {
    const version = own(catalogue, type)?.version ?? own(workflow.madeWith?.nodes, type)
    return version === undefined ? [] : [[type, version] as const]
  })
  const named = Object.values(workflow.nodes).flatMap((node) =>
    modelParams(catalogue, node.type, models).map(
      (param) => own(node.values, param) ?? own(own(catalogue, node.type)?.params, param)?.default,
    ),
  )
  const hashes = [...new Set(named)].sort().flatMap((model) => {
    const hash =
      models.find(({ id }) => id === model)?.hash ??
      (typeof model === 'string' ? own(workflow.madeWith?.models, model) : undefined)
    return typeof model === 'string' && hash !== undefined ? [[model, hash] as const] : []
  })
  const adapters = namedAdapters(workflow.nodes, catalogue, models).flatMap(({ key, model, adapter }) => {
    const here = models.find(({ id }) => id === model)?.adapters.find(({ name }) => name === adapter)
    const hash = here?.hash ?? own(workflow.madeWith?.adapters, key)
    return hash === undefined ? [] : [[key, hash] as const]
  })
  const madeWith = {
    nodes: Object.fromEntries(versions),
    models: Object.fromEntries(hashes),
    ...(adapters.length > 0 && { adapters: Object.fromEntries(adapters) }),
  }
  return { ...workflow, madeWith }
}
