/** Another name for a port of a subgraph, everywhere in the file. */
import { nodeIdPattern, type Workflow } from '#workflows/format.ts'
import type { Draft } from './change.ts'
import { renameInRuns } from './in-runs.ts'
import { usersOf, type PortKind } from './promote.ts'
import { own } from './record.ts'

type Named = Readonly<Record<string, unknown>>

/** Whether a port can be called so: it is a name, and no other port of its side has it. */
export function canRenamePort(
  file: Workflow,
  name: string,
  kind: PortKind,
  port: string,
  to: string,
): boolean {
  const definition = own(file.subgraphs, name)
  const sides: readonly (Named | undefined)[] =
    kind === 'outputs' ? [definition?.outputs] : [definition?.inputs, definition?.params]
  return nodeIdPattern.test(to) && (to === port || sides.every((ports) => own(ports, to) === undefined))
}

/** Renames a port, with what nodes outside, forms, sweeps and other subgraphs say of it; a name that cannot be is left. */
export function renamePort(top: Draft, name: string, kind: PortKind, port: string, to: string): void {
  if (!canRenamePort(top.file, name, kind, port, to)) return
  const rename = (path: readonly string[], from: string, next: string) => {
    const record = top.read(path) as Named | undefined
    if (own(record, from) !== undefined) top.put(path, withKey(record ?? {}, from, next))
  }
  rename(['subgraphs', name, kind], port, to)
  for (const { at, id } of usersOf(top.file, name)) {
    const [from, next] = [`${id}.${port}`, `${id}.${to}`]
    if (kind === 'outputs') redirect(top, at, from, next)
    else {
      for (const part of ['inputs', 'values']) rename([...at, 'nodes', id, part], port, to)
      rename([...at, 'view', 'reroutes'], from, next)
      if (at.length === 0) renameInRuns(top, (name) => (name === from ? next : name))
      else for (const ports of ['inputs', 'params']) retarget(top, [...at, ports], from, next)
    }
  }
}

/** The record with one key under another name, in its place. */
function withKey(record: Named, from: string, to: string): Named {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key === from ? to : key, value]))
}

/** Links from an output, and what a subgraph around it shows of it. */
function redirect(top: Draft, at: readonly string[], from: string, to: string): void {
  const nodes = top.read([...at, 'nodes']) as Workflow['nodes']
  for (const [id, { inputs }] of Object.entries(nodes))
    for (const [port, source] of Object.entries(inputs ?? {}))
      if (source === from) top.put([...at, 'nodes', id, 'inputs', port], to)
  if (at.length > 0) retarget(top, [...at, 'outputs'], from, to)
}

/** What the ports of a subgraph lead to: one place, or several. */
function retarget(top: Draft, path: readonly string[], from: string, to: string): void {
  const swap = (target: unknown) => (target === from ? to : target)
  for (const [port, targets] of Object.entries((top.read(path) ?? {}) as Named))
    top.put([...path, port], Array.isArray(targets) ? targets.map(swap) : swap(targets))
}
