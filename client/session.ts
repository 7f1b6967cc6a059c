/** Ties the document, the stores and the server together for the life of the page. */
import { useDebounceFn } from '@vueuse/core'
import { ref, watch } from 'vue'
import type { Workflow } from '#workflows/format.ts'
import { Line } from './api/socket.ts'
import { arranged } from './document/arrange.ts'
import { loadDraft, saveDraft } from './document/autosave.ts'
import type { Snapshot } from './document/history.ts'
import { workflow } from './document/workflow-document.ts'
import { sizeOfNode } from './editor/geometry.ts'
import { translate } from './locales/i18n.ts'
import { useFaults } from './stores/faults.ts'
import { useNotices } from './stores/notices.ts'
import { useRuns } from './stores/runs.ts'
import { useSelection } from './stores/selection.ts'
import { useServer } from './stores/server.ts'

const validateAfterMs = 300
const saveAfterMs = 800
const retryAfterMs = 1500

let line: Line | null = null

export function startSession(): void {
  const server = useServer()
  const runs = useRuns()
  line = new Line({
    connected: () => {
      server.connected = server.wasConnected = true
      if (!server.loaded) void loadServer()
      void catchUp()
      void validate()
    },
    disconnected: () => {
      server.connected = false
    },
    event: (event) => {
      if (!runs.take(event)) void catchUp()
    },
    preview: (header, bytes) => runs.takePreview(header, bytes),
    queue: (queue) => {
      server.queue = queue
    },
  })
  const draft = loadDraft()
  if (draft) openWorkflow(draft.document, draft)
  void loadServer(draft === null)
  watch(workflow.current, useDebounceFn(validate, validateAfterMs))
  watch(
    workflow.current,
    useDebounceFn(() => saveDraft(workflow.snapshot()), saveAfterMs),
  )
}

/** Counts the workflows opened, so that the view can show each whole. */
export const opened = ref(0)

/** Opens a workflow, with an empty history or the one it was left with; nodes without a place get one. */
export function openWorkflow(next: Workflow, history?: Snapshot): void {
  const { catalogue } = useServer()
  useSelection().set([])
  workflow.open(
    arranged(next, (id) => sizeOfNode(next, catalogue, id)),
    history,
  )
  opened.value++
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
  if (firstVisit && first && Object.keys(workflow.current.value.nodes).length === 0)
    openWorkflow(first.workflow)
  void validate()
}

/** Sends the workflow as it stands. Faults go to their list; nothing runs then. */
export async function run(): Promise<void> {
  const runs = useRuns()
  const notices = useNotices()
  workflow.end()
  const sent = workflow.current.value
  if (!line || !useServer().connected) return notices.say(translate('notice.noServer'), 'bad')
  if (runs.busy) return notices.say(translate('notice.busy'))
  try {
    const reply = await line.run(sent)
    if (reply.ok) {
      runs.begin(reply.job, sent)
      await catchUp()
    } else {
      useFaults().faults = reply.faults
      notices.say(translate('notice.faults', { count: reply.faults.length }), 'bad')
    }
  } catch {
    notices.say(translate('notice.noReply'), 'bad')
  }
}

export async function cancel(): Promise<void> {
  const { current, busy } = useRuns()
  if (!line || !current || !busy) return
  const reply = await line.cancel(current.job.id).catch(() => null)
  if (!reply?.ok) useNotices().say(reply?.message ?? translate('notice.noReply'), 'bad')
}

let catchingUp = false
let missedMeanwhile = false

/** Fetches the events of the newest job that were missed: at its start, over a lost line, or after a gap. */
async function catchUp(): Promise<void> {
  const runs = useRuns()
  missedMeanwhile = catchingUp
  if (!line || !runs.current || !runs.busy || catchingUp) return
  catchingUp = true
  const { id, lastSeq } = runs.current.job
  const reply = await line.watch(id, lastSeq).catch(() => null)
  catchingUp = false
  if (reply?.ok) for (const event of reply.events) runs.take(event)
  else if (reply) runs.abandon(id, reply.message)
  if (missedMeanwhile) void catchUp()
}

async function validate(): Promise<void> {
  const asked = workflow.current.value
  if (!line || !useServer().connected || Object.keys(asked.nodes).length === 0) return
  const reply = await line.validate(asked).catch(() => null)
  if (reply && asked === workflow.current.value) useFaults().faults = reply.faults
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
