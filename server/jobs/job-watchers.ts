/** Who looks at which job, and the newest preview of each of its nodes for whoever comes late. */
import type { JobEvent, PreviewHeader } from '#workflows/protocol.ts'

/** Somebody who looks at a job while it runs. */
export interface Watcher {
  event(event: JobEvent): void
  /** Lossy: newest wins. */
  preview(header: PreviewHeader, bytes: Uint8Array): void
}

interface Picture {
  readonly header: PreviewHeader
  readonly bytes: Uint8Array
}

export class JobWatchers {
  readonly #watchers = new Map<string, Set<Watcher>>()
  readonly #previews = new Map<string, Map<string, Picture>>()
  readonly #bounds: { readonly previewedJobs: number; readonly previewedNodes: number }

  constructor(bounds: { readonly previewedJobs: number; readonly previewedNodes: number }) {
    this.#bounds = bounds
  }

  add(job: string, watcher: Watcher): void {
    const all = this.#watchers.get(job) ?? new Set()
    this.#watchers.set(job, all.add(watcher))
  }

  remove(job: string, watcher: Watcher): void {
    const all = this.#watchers.get(job)
    if (all?.delete(watcher) && all.size === 0) this.#watchers.delete(job)
  }

  has(job: string): boolean {
    return this.#watchers.has(job)
  }

  event(event: JobEvent): void {
    for (const watcher of this.#watchers.get(event.job) ?? []) watcher.event(event)
  }

  preview(header: PreviewHeader, bytes: Uint8Array): void {
    this.#remember({ header, bytes })
    for (const watcher of this.#watchers.get(header.job) ?? []) watcher.preview(header, bytes)
  }

  showLastPreviews(job: string, watcher: Watcher): void {
    for (const { header, bytes } of this.#previews.get(job)?.values() ?? []) watcher.preview(header, bytes)
  }

  /** The jobs that were shown last keep their pictures, and of each the nodes that drew last. */
  #remember(picture: Picture): void {
    const { job, node } = picture.header
    const nodes = this.#previews.get(job) ?? new Map<string, Picture>()
    this.#previews.delete(job)
    this.#previews.set(job, nodes)
    nodes.delete(node)
    nodes.set(node, picture)
    dropOldest(nodes, this.#bounds.previewedNodes)
    dropOldest(this.#previews, this.#bounds.previewedJobs)
  }
}

function dropOldest(map: Map<string, unknown>, most: number): void {
  for (const key of map.keys()) {
    if (map.size <= most) return
    map.delete(key)
  }
}
