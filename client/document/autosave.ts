/** Keeps the workflow in the browser, so that a closed tab costs nothing. */
import type { Workflow } from '#workflows/format.ts'
import { parseWorkflow } from './file.ts'

const key = 'groundwork.draft'

/** The workflow of the last visit; null when there is none that can be read. */
export function loadDraft(): Workflow | null {
  try {
    const text = localStorage.getItem(key)
    return text === null ? null : parseWorkflow('autosave', text)
  } catch {
    return null
  }
}

export function saveDraft(document: Workflow): void {
  try {
    localStorage.setItem(key, JSON.stringify(document))
  } catch {
    // A full or forbidden storage costs the restored draft, nothing else.
  }
}
