/** A workflow and what was done to it as text, for the browser to keep. */
import { z } from 'zod'
import type { Workflow } from '#workflows/format.ts'
import { parseWorkflow } from './file.ts'
import { History, type Entry, type Snapshot } from './history.ts'

/** A browser keeps about five million characters for a page. */
const mostHistory = 1_000_000

const change = z.object({
  path: z.array(z.string()).min(1),
  value: z.unknown().optional(),
  at: z.number().optional(),
})
const step = z.object({ node: z.string(), name: z.string() })
const entries = z.array(
  z.object({ label: z.string(), redo: z.array(change), undo: z.array(change), trail: z.array(step) }),
)

/** The draft as text; of a long history what is nearest to now. */
export function writeDraft({ document, past, future }: Snapshot): string {
  let room = mostHistory
  const fits = (entry: Entry) => (room -= JSON.stringify(entry).length) > 0
  const kept = (list: readonly Entry[]) => {
    const newestFirst = list.toReversed()
    const end = newestFirst.findIndex((entry) => !fits(entry))
    return (end < 0 ? newestFirst : newestFirst.slice(0, end)).toReversed()
  }
  return JSON.stringify({ document, past: kept(past), future: kept(future) })
}

/**
 * The draft out of its text. A history that does not lead back and forth to the document is left out.
 *
 * @throws FileError
 */
export function readDraft(text: string): Snapshot {
  const json = JSON.parse(text) as { document?: unknown; past?: unknown; future?: unknown }
  const document = parseWorkflow('autosave', JSON.stringify(json.document))
  const past = entries.safeParse(json.past)
  const future = entries.safeParse(json.future)
  if (!past.success || !future.success) return { document, past: [], future: [] }
  const snapshot = { document, past: past.data as Entry[], future: future.data as Entry[] }
  return leadsBack(snapshot) ? snapshot : { document, past: [], future: [] }
}

function leadsBack({ document, past, future }: Snapshot): boolean {
  try {
    const history = new History(document, past, future)
    while (history.undo());
    for (let count = past.length; count > 0; count--) history.redo()
    return sameText(history.document, document)
  } catch {
    return false
  }
}

const sameText = (a: Workflow, b: Workflow) => JSON.stringify(a) === JSON.stringify(b)
