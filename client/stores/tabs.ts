/** The workflows that are open, each with its own history, and which of them is edited. */
import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { Workflow } from '#workflows/format.ts'
import { emptyWorkflow } from '../document/file.ts'
import { History, type Snapshot } from '../document/history.ts'
import { sameJson } from '../document/record.ts'
import { workflow } from '../document/workflow-document.ts'
import { freshId } from './fresh-id.ts'
import { leaveField } from './leave-field.ts'

/** The place and scale at which a graph was left. */
export interface View {
  readonly x: number
  readonly y: number
  readonly k: number
}

/** Which revision of which workflow on the server a tab holds. */
export interface Stored {
  readonly id: string
  readonly rev: number
}

export interface Tab {
  readonly id: string
  readonly history: History
  /** As last opened or saved: what differs from it is not saved. */
  readonly clean: Workflow
  readonly stored: Stored | null
  readonly mode: 'graph' | 'list' | 'form'
  readonly view: View | null
  /** The jobs that it ran last, oldest first. */
  readonly jobs: readonly string[]
}

export type TabStart = Partial<Pick<Tab, 'id' | 'clean' | 'stored' | 'mode' | 'jobs'>> & {
  /** What was done to it before. */
  readonly past?: Snapshot
}

/** So many runs of a tab are there again after a reload. */
const keptJobs = 8

export const useTabs = defineStore('tabs', () => {
  const tabs = shallowRef<readonly Tab[]>([])
  const activeId = shallowRef<string | null>(null)
  const active = computed(() => tabs.value.find(({ id }) => id === activeId.value) ?? null)

  /** What stands in a tab now. */
  function documentOf(tab: Tab): Workflow {
    return tab.id === activeId.value ? workflow.current.value : tab.history.document
  }

  function isUnsaved(tab: Tab): boolean {
    return !sameJson(documentOf(tab), tab.clean)
  }

  function update(id: string, part: Partial<Omit<Tab, 'id' | 'history'>>): void {
    tabs.value = tabs.value.map((tab) => (tab.id === id ? { ...tab, ...part } : tab))
  }

  /** Opens a workflow beside the others; an empty tab that nobody touched gives its place to it. */
  function open(document: Workflow, start: TabStart = {}): Tab {
    leaveField()
    const tab: Tab = {
      id: start.id ?? freshId(),
      history: new History(document, start.past?.past, start.past?.future),
      clean: start.clean ?? document,
      stored: start.stored ?? null,
      mode: start.mode ?? 'graph',
      view: null,
      jobs: start.jobs ?? [],
    }
    const spare = active.value && isBlank(active.value) ? active.value.id : null
    tabs.value = spare ? tabs.value.map((other) => (other.id === spare ? tab : other)) : [...tabs.value, tab]
    activate(tab.id)
    return tab
  }

  function isBlank(tab: Tab): boolean {
    return !tab.stored && Object.keys(documentOf(tab).nodes).length === 0 && !isUnsaved(tab)
  }

  function activate(id: string): void {
    const next = tabs.value.find((tab) => tab.id === id)
    if (!next || (id === activeId.value && next.history === workflow.written)) return
    leaveField()
    activeId.value = id
    workflow.resume(next.history)
  }

  /** The tab `by` places further on, around the end. */
  function step(by: number): void {
    const at = tabs.value.findIndex(({ id }) => id === activeId.value)
    const next = tabs.value.at((at + by) % tabs.value.length)
    if (next) activate(next.id)
  }

  /** Closes a tab; its neighbour is edited next. */
  function close(id: string): void {
    const at = tabs.value.findIndex((tab) => tab.id === id)
    if (at < 0) return
    tabs.value = tabs.value.filter((tab) => tab.id !== id)
    if (id !== activeId.value) return
    const next = tabs.value[at] ?? tabs.value[at - 1]
    activeId.value = null
    if (next) activate(next.id)
    else workflow.open(emptyWorkflow)
  }

  /** Puts a tab where another stands. */
  function move(id: string, before: string): void {
    const moving = tabs.value.find((tab) => tab.id === id)
    const target = tabs.value.findIndex((tab) => tab.id === before)
    if (!moving || target < 0 || id === before) return
    const rest = tabs.value.filter((tab) => tab.id !== id)
    tabs.value = rest.toSpliced(target, 0, moving)
  }

  /** Notes that a tab ran a job. */
  function ran(id: string, job: string): void {
    const tab = tabs.value.find((other) => other.id === id)
    if (tab) update(id, { jobs: [...tab.jobs, job].slice(-keptJobs) })
  }

  /** What stands in the tab is saved as it is. */
  function saved(id: string, stored?: Stored): void {
    const tab = tabs.value.find((other) => other.id === id)
    if (tab) update(id, { clean: documentOf(tab), ...(stored && { stored }) })
  }

  return {
    tabs,
    activeId,
    active,
    documentOf,
    isUnsaved,
    update,
    open,
    activate,
    step,
    close,
    move,
    ran,
    saved,
  }
})
