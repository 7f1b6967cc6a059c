/** From what a person opens (JSON text, a PNG that a run saved) to a workflow, or to why not. */
import { workflowSchema, type Workflow } from '#workflows/format.ts'
import { FileError } from './file-error.ts'
import { isPng, readPngText } from './png-text.ts'

const maxBytes = 64 * 2 ** 20

/**
 * Reads a workflow out of a file's bytes.
 *
 * @throws FileError
 */
export function readWorkflowFile(name: string, bytes: Uint8Array): Workflow {
  if (bytes.length > maxBytes) throw new FileError('too-large', name)
  if (!isPng(bytes)) return parseWorkflow(name, new TextDecoder().decode(bytes))
  const text = tryPngText(name, bytes)
  if (text === null) throw new FileError('no-workflow', name)
  return parseWorkflow(name, text)
}

function tryPngText(name: string, bytes: Uint8Array): string | null {
  try {
    return readPngText(bytes, 'groundwork')
  } catch {
    throw new FileError('broken-picture', name)
  }
}

/**
 * Reads a workflow out of JSON text.
 *
 * @throws FileError
 */
export function parseWorkflow(name: string, text: string): Workflow {
  let json: unknown
  try {
    json = JSON.parse(text, withoutPrototypes)
  } catch (error) {
    throw new FileError('not-json', name, error instanceof Error ? [error.message] : [])
  }
  const result = workflowSchema.safeParse(json)
  // Not the checker's copy: that has another order of keys, and a file comes out as it went in.
  if (result.success) return json as Workflow
  const faults = result.error.issues.map(({ path, message }) => `${path.join('.') || 'file'}: ${message}`)
  throw new FileError('not-a-workflow', name, faults)
}

/** Drops the one key that could reach a prototype where some code assigns it. */
function withoutPrototypes(key: string, value: unknown): unknown {
  return key === '__proto__' ? undefined : value
}

export function serialise(document: Workflow): string {
  return `${JSON.stringify(document, null, 2)}\n`
}

export const emptyWorkflow: Workflow = { groundwork: 1, nodes: {} }
