/** The workflow being edited. One per page; everything that shows or changes it goes through here. */
import { computed, shallowRef, type ComputedRef, type ShallowRef } from 'vue'
import type { Workflow } from '#workflows/format.ts'
import { subgraphName } from '#workflows/subgraph-shape.ts'
import type { Draft } from './change.ts'
import { emptyWorkflow } from './file.ts'
import { History, type Entry, type Snapshot } from './history.ts'
import { graphAt, pathOf, soundTrail, type Trail } from './scope.ts'

export class WorkflowDocument {
  /** The whole file. Replaced, never mutated. */
  readonly current: ShallowRef<Workflow> = shallowRef(emptyWorkflow)
  /** The way to the graph that is looked at; empty for the file's own. */
  readonly trail: ShallowRef<Trail> = shallowRef([])
  /** The graph that is looked at, in the form of a workflow. */
  readonly graph: ComputedRef<Workflow> = computed(() =>
    graphAt(this.current.value, pathOf(this.trail.value)),
  )
  /** Its nodes alone: the same object while things only move, so that what follows from it is kept through a drag. */
  readonly nodes: ComputedRef<Workflow['nodes']> = computed(() => this.graph.value.nodes)
  readonly undoLabel = shallowRef<string | null>(null)
  readonly redoLabel = shallowRef<string | null>(null)
  private history = new History(emptyWorkflow)

  /** Starts over with another workflow and an empty history, or goes on with the one of a snapshot. */
  open(workflow: Workflow, { past, future }: Partial<Snapshot> = {}): void {
    this.resume(new History(workflow, past, future))
  }

  /** Goes on with a workflow where it was left, its history included. */
  resume(history: History): void {
    this.history.end()
    this.history = history
    this.trail.value = []
    this.publish()
  }

  /** The history being written, to come back to with `resume`. */
  get written(): History {
    return this.history
  }

  /** What `open` needs to go on where this document is, with its history. */
  snapshot(): Snapshot {
    return this.history.snapshot()
  }

  /** Carries out an edit of the graph that is looked at, as one entry of the history or as part of the open gesture. */
  edit(label: string, make: (draft: Draft) => void): void {
    this.history.edit(label, make, this.trail.value)
    this.publish()
  }

  /** Carries out an edit of the file as a whole: paths of the draft begin at its top. */
  editFile(label: string, make: (draft: Draft) => void): void {
    this.history.edit(label, make)
    this.publish()
  }

  begin(label: string): void {
    this.history.begin(label, this.trail.value)
    this.publish()
  }

  /** Ends what an open gesture did so far, and lets it go on: a run or a save may come in the middle of a text. */
  split(): void {
    this.history.split()
    this.publish()
  }

  end(): void {
    this.history.end()
    this.publish()
  }

  cancel(): void {
    this.history.cancel()
    this.publish()
  }

  undo(): void {
    this.follow(this.history.undo())
  }

  redo(): void {
    this.follow(this.history.redo())
  }

  /** Looks into the subgraph that a node stands for. */
  enter(node: string): void {
    const name = subgraphName(this.graph.value.nodes[node]?.type ?? '')
    if (name !== null)
      this.trail.value = soundTrail(this.current.value, [...this.trail.value, { node, name }])
  }

  /** Goes back out until `depth` subgraphs are left. */
  leaveTo(depth: number): void {
    this.trail.value = this.trail.value.slice(0, depth)
  }

  /** What an undo or redo changes is shown, wherever it is. */
  private follow(entry: Entry | null): void {
    if (entry) this.trail.value = soundTrail(this.history.document, entry.trail)
    this.publish()
  }

  private publish(): void {
    this.current.value = this.history.document
    this.trail.value = soundTrail(this.history.document, this.trail.value)
    this.undoLabel.value = this.history.undoLabel
    this.redoLabel.value = this.history.redoLabel
  }
}

export const workflow = new WorkflowDocument()
