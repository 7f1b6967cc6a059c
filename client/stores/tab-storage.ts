/**
 * Keeps the open workflows in the browser, so that a closed window costs nothing. Each window has a place of its own:
 * two of them would overwrite each other. A new window takes over the place that was left last.
 */
import { z } from 'zod'
import { workflowSchema, type Workflow } from '#workflows/format.ts'
import { readDraft, writeDraft } from '../document/autosave.ts'
import type { Snapshot } from '../document/history.ts'
import { freshId } from './fresh-id.ts'

const prefix = 'groundwork.tabs.'
const windowKey = 'groundwork.window'
const keptPlaces = 5

const keptTab = z.object({
  id: z.string(),
  /** The workflow and its history, as text: see `autosave.ts`. */
  draft: z.string(),
  /** As last saved; left out where that is the workflow itself. */
  clean: workflowSchema.optional(),
  stored: z.object({ id: z.string(), rev: z.int() }).nullable(),
  mode: z.enum(['graph', 'list', 'form']),
  jobs: z.array(z.string()),
})

const keptWindow = z.object({
  at: z.number(),
  active: z.string().nullable(),
  // A tab that cannot be read any more must not take the others with it.
  tabs: z.array(z.unknown()),
})

export type SavedTab = Omit<z.infer<typeof keptTab>, 'draft' | 'clean'> & {
  readonly snapshot: Snapshot
  readonly clean?: Workflow | undefined
}

export interface SavedTabs {
  readonly active: string | null
  readonly tabs: readonly SavedTab[]
}

/** Reads what a place holds; null when there is nothing that can be read. */
export function readTabs(text: string | null): SavedTabs | null {
  if (text === null) return null
  try {
    const { active, tabs } = keptWindow.parse(JSON.parse(text))
    return { active, tabs: tabs.flatMap(readTab) }
  } catch {
    return null
  }
}

function readTab(json: unknown): SavedTab[] {
  try {
    const { draft, ...tab } = keptTab.parse(json)
    return [{ ...tab, snapshot: readDraft(draft) }]
  } catch {
    return []
  }
}

/** @param history whether undo is kept, too: it may take more room than the browser has. */
export function writeTabs({ active, tabs }: SavedTabs, at: number, history = true): string {
  const kept = tabs.map(({ snapshot, ...tab }) => ({
    ...tab,
    draft: writeDraft(history ? snapshot : { ...snapshot, past: [], future: [] }),
  }))
  return JSON.stringify({ at, active, tabs: kept })
}

export class TabStorage {
  private readonly key: string
  private readonly source: string

  /** @param source the place that the window begins with, where it is not its own */
  private constructor(key: string, source = key) {
    this.key = key
    this.source = source
    sessionStorage.setItem(windowKey, key.slice(prefix.length))
  }

  /** Takes the place of this window from before a reload, or else the one left last that no window holds. */
  static async claim(): Promise<TabStorage> {
    const own = sessionStorage.getItem(windowKey)
    const left = places()
    const wishes = own ? [prefix + own, ...left] : left
    const fresh = prefix + freshId()
    // Over plain http from another machine browsers have no locks: a window that is new copies what may be another's.
    if (!hasLocks()) return own ? new TabStorage(prefix + own) : new TabStorage(fresh, left[0])
    for (const key of wishes) if (await hold(key)) return new TabStorage(key)
    await hold(fresh)
    return new TabStorage(fresh)
  }

  load(): SavedTabs | null {
    return readTabs(localStorage.getItem(this.source))
  }

  /** False when the browser has no room for it. */
  save(saved: SavedTabs): boolean {
    for (const old of places().slice(keptPlaces)) if (old !== this.key) localStorage.removeItem(old)
    return this.write(writeTabs(saved, Date.now())) || this.write(writeTabs(saved, Date.now(), false))
  }

  private write(text: string): boolean {
    try {
      localStorage.setItem(this.key, text)
      return true
    } catch {
      return false
    }
  }
}

/** Every place, the one written last first. */
function places(): string[] {
  const when = (key: string) => Number(/^\{"at":(\d+)/.exec(localStorage.getItem(key) ?? '')?.[1] ?? 0)
  return Object.keys(localStorage)
    .filter((key) => key.startsWith(prefix))
    .sort((a, b) => when(b) - when(a))
}

const hasLocks = () => 'locks' in navigator

/** Holds a place as long as the window lives; false when another window does. */
function hold(key: string): Promise<boolean> {
  return new Promise((resolve) => {
    void navigator.locks.request(key, { ifAvailable: true }, (lock) => {
      resolve(lock !== null)
      return lock ? new Promise(() => undefined) : undefined
    })
  })
}
