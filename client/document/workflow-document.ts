/** The workflow being edited. One per page; everything that shows or changes it goes through here. */
import { shallowRef, type ShallowRef } from 'vue'
import type { Workflow } from '#workflows/format.ts'
import type { Draft } from './change.ts'
import { emptyWorkflow } from './file.ts'
import { History } from './history.ts'

export class WorkflowDocument {
  /** Replaced, never mutated. */
  readonly current: ShallowRef<Workflow> = shallowRef(emptyWorkflow)
  readonly undoLabel = shallowRef<string | null>(null)
  readonly redoLabel = shallowRef<string | null>(null)
  private history = new History(emptyWorkflow)

  /** Starts over with another workflow and an empty history. */
  open(workflow: Workflow): void {
    this.history = new History(workflow)
    this.publish()
  }

  /** Carries out an edit as one entry of the history, or as part of the open gesture. */
  edit(label: string, make: (draft: Draft) => void): void {
    this.history.edit(label, make)
    this.publish()
  }

  begin(label: string): void {
    this.history.begin(label)
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
    this.history.undo()
    this.publish()
  }

  redo(): void {
    this.history.redo()
    this.publish()
  }

  private publish(): void {
    this.current.value = this.history.document
    this.undoLabel.value = this.history.undoLabel
    this.redoLabel.value = this.history.redoLabel
  }
}

export const workflow = new WorkflowDocument()
