/** Finds every node by reading folders: `nodes/<group>/<node>.ts` is the node `<group>/<node>`. There is no list. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describeNode, type LocalChoices } from '#nodes/describe.ts'
import type { AnyNode } from '#nodes/node.ts'
import type { Catalogue } from '#nodes/node-info.ts'
import { wireTypes } from '#nodes/wire-types.ts'
import { nodeIdPattern } from '#workflows/format.ts'
import type { Registry } from './engine/engine.ts'

/**
 * Imports and checks every node below a folder.
 *
 * @param dir the folder that holds one folder per group.
 * @throws Error naming every file that cannot be registered, and what to change in it.
 */
export async function loadRegistry(dir: string): Promise<Registry> {
  const types = await typesBelow(dir)
  const found = await Promise.all(types.map((type) => importNode(dir, type)))
  const registry = new Map<string, AnyNode>()
  const faults: string[] = []
  for (const [index, { node, fault }] of found.entries()) {
    const reasons = node ? nodeFaults(node, types[index] ?? '') : [fault]
    faults.push(...reasons.map((reason) => `\n  nodes/${types[index]}.ts: ${reason}`))
    if (node) registry.set(node.type, node)
  }
  if (faults.length > 0) throw new Error(`Cannot register the nodes below ${dir}:${faults.join('')}`)
  return registry
}

/** What the editor knows of the nodes, with the choices of this machine. */
export function catalogueOf(registry: Registry, local: LocalChoices): Catalogue {
  return Object.fromEntries([...registry].map(([type, node]) => [type, describeNode(node, local)]))
}

async function typesBelow(dir: string): Promise<string[]> {
  const groups = (await readdir(dir, { withFileTypes: true })).filter((entry) => entry.isDirectory())
  const lists = await Promise.all(
    groups.map(async ({ name: group }) => {
      const files = (await readdir(join(dir, group))).filter((file) => file.endsWith('.ts'))
      return files.map((file) => `${group}/${file.slice(0, -'.ts'.length)}`)
    }),
  )
  return lists.flat().sort()
}

type Imported =
  { readonly node: AnyNode; readonly fault?: undefined } | { readonly node: null; readonly fault: string }

async function importNode(dir: string, type: string): Promise<Imported> {
  try {
    const file: unknown = await import(pathToFileURL(join(dir, `${type}.ts`)).href)
    const node = (file as { default?: unknown }).default
    if (isNode(node)) return { node }
    return {
      node: null,
      fault: 'it has no node as its default export, write `export default defineNode({ … })`',
    }
  } catch (error) {
    return {
      node: null,
      fault: `it cannot be loaded: ${error instanceof Error ? error.message : String(error)}`,
    }
  }
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'run' in value && 'params' in value
}

/** Every reason why a node must not register. */
function nodeFaults(node: AnyNode, type: string): string[] {
  const faults =
    node.type === type
      ? []
      : [`its type is '${node.type}', write '${type}' as its path says, or move the file`]
  if (!Number.isInteger(node.version) || node.version < 1)
    faults.push(`its version is ${node.version}, count from 1`)
  if (node.title.trim() === '') faults.push('it has no title, give it a display name')
  return [...faults, ...portFaults(node), ...loopFaults(node), ...lazyFaults(node), ...paramFaults(node)]
}

function portFaults({ inputs, outputs, params }: AnyNode): string[] {
  const names = [...Object.keys(inputs), ...Object.keys(outputs), ...Object.keys(params)]
  const odd = names.filter((name) => !nodeIdPattern.test(name))
  const twice = Object.keys(params).filter((name) => Object.hasOwn(inputs, name))
  const types = [...Object.entries(inputs), ...Object.entries(outputs)].filter(
    ([, { type }]) => !wireTypes.includes(type),
  )
  return [
    ...odd.map((name) => `'${name}' cannot name a port: use letters, digits, _ or -, with a letter first`),
    ...twice.map((name) => `'${name}' is both an input and a parameter, rename one of them`),
    ...types.map(
      ([name, { type }]) => `'${name}' has the unknown type '${type}', use one of ${wireTypes.join(', ')}`,
    ),
  ]
}

function loopFaults({ loop, inputs, outputs }: AnyNode): string[] {
  if (loop?.role === 'start' && !Object.hasOwn(outputs, loop.each))
    return [`it opens a loop over '${loop.each}', which is none of its outputs, name one`]
  if (loop?.role === 'end' && Object.keys(inputs).length === 0)
    return ['it closes a loop and has no input, declare what the loop carries']
  return []
}

/** The start and the end of a loop stand for a whole region, which is neither lazy nor a list. */
function lazyFaults({ loop, inputs, outputs, needs }: AnyNode): string[] {
  const lazy = Object.keys(inputs).filter((name) => inputs[name]?.lazy)
  const lists = [...Object.entries(inputs), ...Object.entries(outputs)].filter(([, { list }]) => list)
  const odd = loop ? [...lazy, ...lists.map(([name]) => name)] : []
  const faults = odd.map((name) => `'${name}' of a loop's start or end can be neither lazy nor a list`)
  if (lazy.length > 0 && !needs)
    faults.push(`it has lazy inputs and does not say when it needs them, give it \`needs\``)
  return faults
}

/** A default stands for the value of every file that does not name one, so it must be allowed itself. */
function paramFaults(node: AnyNode): string[] {
  const faults = Object.entries(node.params).flatMap(([name, schema]) => {
    const { error } = schema.safeParse(undefined)
    return error
      ? [
          `the default of parameter '${name}' is not allowed: ${error.issues.map(({ message }) => message).join('; ')}`,
        ]
      : []
  })
  try {
    describeNode(node, { models: [], adapters: [] })
  } catch (error) {
    faults.push(error instanceof Error ? error.message : String(error))
  }
  return faults
}
