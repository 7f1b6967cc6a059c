/** Ties the document, the stores and the server together for the life of the page. */
import { useDebounceFn } from '@vueuse/core'
import { ref, watch } from 'vue'
import type { Workflow } from '#workflows/format.ts'
import { Line } from './api/socket.ts'
import { arrangedAll } from './document/arrange.ts'
import { withSubgraphs } from './document/subgraph-info.ts'
import { workflow } from './document/workflow-document.ts'
import { sizeOfNode } from './editor/geometry.ts'
import { exampleInLanguage } from './locales/example-words.ts'
import { translate } from './locales/i18n.ts'
import { followChanges } from './live.ts'
import { openJobs } from './past-runs.ts'
import { catchUp, catchUpAll, runOver } from './running.ts'
import { useFaults } from './stores/faults.ts'
import { useNotices } from './stores/notices.ts'
import { useQueue } from './stores/queue.ts'
import { useRuns } from './stores/runs.ts'
import { useSelection } from './stores/selection.ts'
import { useServer } from './stores/server.ts'
import { TabStorage, type SavedTab } from './stores/tab-storage.ts'
import { useTabs, type Tab, type TabStart } from './stores/tabs.ts'

const validateAfterMs = 300
const saveAfterMs = 800
const retryAfterMs = 1500

let line: Line | null = null

export async function startSession(): Promise<void> {
  const tabs = useTabs()
  const storage = await TabStorage.claim()
  const saved = storage.load()
  for (const { snapshot, clean = snapshot.document, ...start } of saved?.tabs ?? [])
    tabs.open(snapshot.document, { ...start, clean, past: snapshot })
  if (saved?.active) tabs.activate(saved.active)
  ready.value = saved !== null
  keepTabs(storage)
  followChanges()
  void loadServer(saved === null)
  // After that: a line that opens loads the server, too, and would not know that this is the first visit.
  listen()
  watch(workflow.current, useDebounceFn(validate, validateAfterMs))
  watch(
    () => tabs.activeId,
    () => {
      useSelection().set([])
      useFaults().found = []
      useFaults().judged = false
      void validate()
    },
  )
}

function listen(): void {
  const server = useServer()
  const runs = useRuns()
  const queue = useQueue()
  line = new Line({
    connected: () => {
      const isBack = server.wasConnected
      server.connected = server.wasConnected = true
      if (isBack) void server.load().catch(() => null)
      else void loadServer()
      void catchUpAll()
      void queue.refresh()
      void validate()
    },
    disconnected: () => {
      server.connected = false
    },
    event: (event) => {
      if (!runs.take(event)) void catchUp(event.job)
    },
    preview: (header, bytes) => runs.takePreview(header, bytes),
    queue: (state) => queue.take(state),
  })
  runOver(line)
}

/** Writes what is open to the browser's storage, a moment after each change. */
function keepTabs(storage: TabStorage): void {
  const tabs = useTabs()
  let isFull = false
  function save(): void {
    const kept = storage.save({ active: tabs.activeId, tabs: tabs.tabs.map(savedTab) })
    if (!kept && !isFull) useNotices().say(translate('notice.storageFull'), 'bad')
    isFull = !kept
  }
  function savedTab(tab: Tab): SavedTab {
    const { id, stored, mode, clean } = tab
    const jobs = [...tab.jobs]
    return { id, stored, mode, jobs, snapshot: tab.history.snapshot(), ...(tabs.isUnsaved(tab) && { clean }) }
  }
  watch([workflow.current, () => tabs.tabs, () => tabs.activeId], useDebounceFn(save, saveAfterMs))
  window.addEventListener('pagehide', save)
}

/** Whether what the visit begins with is there: the workflows of the last one, or an example on the first. */
export const ready = ref(false)

/** Opens a workflow in a tab of its own, with an empty history; nodes without a place get one. */
export function openWorkflow(next: Workflow, start: TabStart = {}): Tab {
  const { catalogue } = useServer()
  useSelection().set([])
  return useTabs().open(
    arrangedAll(next, (graph) => (id) => sizeOfNode(graph, withSubgraphs(catalogue, next.subgraphs), id)),
    start,
  )
}

let loading = false

async function loadServer(firstVisit = false): Promise<void> {
  if (loading) return
  loading = true
  const server = useServer()
  for (; !server.loaded; await pause(retryAfterMs)) {
    await server.load().catch(() => null)
    if (server.loaded) break
  }
  loading = false
  const first = server.examples[0]
  if (firstVisit && first && useTabs().tabs.length === 0) openWorkflow(exampleInLanguage(first))
  ready.value = true
  void validate()
  for (const { id, jobs } of useTabs().tabs) void openJobs(jobs, id)
}

async function validate(): Promise<void> {
  const asked = workflow.current.value
  const faults = useFaults()
  const isEmpty = Object.keys(asked.nodes).length === 0
  const isAsked = line && useServer().connected && !isEmpty
  const reply = isAsked ? await line?.validate(asked).catch(() => null) : null
  if (asked !== workflow.current.value) return
  if (isEmpty) faults.found = []
  if (reply) faults.found = reply.faults
  faults.judged = true
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
