/** Handing workflows in, calling jobs off, and fetching the events that were missed. */
import type { Fault } from '#workflows/fault.ts'
import type { BranchPoint, RunReply } from '#workflows/protocol.ts'
import type { Workflow } from '#workflows/format.ts'
import { cellWorkflow } from '#workflows/sweep.ts'
import type { Line } from './api/socket.ts'
import { Draft } from './document/change.ts'
import { descendantsOf } from './document/queries.ts'
import { own } from './document/record.ts'
import { wholeId } from './document/scope.ts'
import { setSweep } from './document/sweep.ts'
import { workflow } from './document/workflow-document.ts'
import { stamped } from './files/differences.ts'
import { sayFault } from './editor/say-fault.ts'
import { translate } from './locales/i18n.ts'
import { useFaults } from './stores/faults.ts'
import { freshId } from './stores/fresh-id.ts'
import { isOver } from './stores/job.ts'
import { useNotices } from './stores/notices.ts'
import { useRuns } from './stores/runs.ts'
import { useServer } from './stores/server.ts'
import { useTabs } from './stores/tabs.ts'

let line: Line | null = null

export function runOver(next: Line): void {
  line = next
}

export interface RunWish {
  /** Ids of the nodes to run, with all that they need; every node with an effect where left out. */
  readonly targets?: readonly string[]
  readonly branch?: BranchPoint
  readonly priority?: number
}

/** Hands in the workflow as it stands. Faults go to their list; nothing runs then. Gives the job's id. */
export function run(wish: RunWish = {}): Promise<string | null> {
  workflow.split()
  return handIn(branched(workflow.current.value, wish.branch), wish)
}

/** Runs the workflow with its own values, as if it had no sweep. */
export function runOnce(): Promise<string | null> {
  workflow.split()
  const draft = new Draft(workflow.current.value)
  setSweep(draft, [])
  return handIn(draft.document, {})
}

/** From a cell of a sweep goes on the plain workflow with that cell's values. */
function branched(document: Workflow, branch: BranchPoint | undefined): Workflow {
  const sweep = branch?.cell && useRuns().byId(branch.job)?.job.workflow.sweep
  return sweep ? cellWorkflow({ ...document, sweep }, branch.cell) : document
}

/** The same in the middle of a gesture, which goes on; faults stand in their list, and nothing more is said of them. */
export function runQuietly(): Promise<string | null> {
  return handIn(workflow.current.value, {}, true)
}

/** Runs a node of the graph that is looked at, and what it needs. */
export function runTo(node: string): Promise<string | null> {
  return run({ targets: [wholeId(workflow.trail.value, node)] })
}

/** Runs everything that depends on a node, with what that needs; of one inside a subgraph, what depends on that. */
export function runBranch(node: string): Promise<string | null> {
  const document = workflow.current.value
  const reached = descendantsOf(document, workflow.trail.value[0]?.node ?? node)
  const { catalogue } = useServer()
  const ends = [...reached].filter(
    (id) =>
      own(catalogue, own(document.nodes, id)?.type ?? '')?.sideEffect ||
      descendantsOf(document, id).size === 1,
  )
  return run({ targets: ends })
}

async function handIn(sent: Workflow, { targets, ...wish }: RunWish, quiet = false): Promise<string | null> {
  const notices = useNotices()
  const tab = useTabs().activeId
  if (!line || !useServer().connected) {
    notices.say(translate('notice.noServer'), 'bad')
    return null
  }
  const { catalogue, models } = useServer()
  const request = {
    ...wish,
    ...(targets && { targets: [...targets] }),
    // The pictures that the run saves say what made them.
    workflow: stamped(sent, catalogue, models),
  }
  const reply = await askTwice(request)
  if (!reply) notices.say(translate('notice.noReply'), 'bad')
  if (!reply?.ok) {
    if (reply) sayFaults(reply, quiet)
    return null
  }
  useRuns().begin(reply.job, sent, tab)
  if (tab) useTabs().ran(tab, reply.job)
  await catchUp(reply.job)
  return reply.job
}

/** The key makes the second try safe: a job that was accepted although its answer was lost is not begun twice. */
async function askTwice(request: Omit<Parameters<Line['run']>[0], 'key'>): Promise<RunReply | null> {
  const keyed = { ...request, key: freshId() }
  for (let tries = 0; tries < 2; tries++) {
    const reply = await line?.run(keyed).catch(() => null)
    if (reply) return reply
  }
  return null
}

function sayFaults({ faults }: Extract<RunReply, { ok: false }>, quiet: boolean): void {
  const isBusy = faults.some(({ code }) => code === 'busy')
  if (isBusy) return useNotices().say(faults.map(sayFault).join('\n'), 'bad')
  list(faults)
  if (!quiet) useNotices().say(translate('notice.faults', { count: faults.length }), 'bad')
}

/** A run says only what stands in its way. All that is wrong stands in the list already, but for what only a run finds. */
function list(faults: readonly Fault[]): void {
  const known = useFaults()
  const listed = new Set(known.found.map(({ message }) => message))
  known.found = [...known.found, ...faults.filter(({ message }) => !listed.has(message))]
}

/** Calls off the run that the graph shows. */
export async function cancel(): Promise<void> {
  const { current } = useRuns()
  if (current && !isOver(current.job)) await cancelJob(current.job.id)
}

export async function cancelJob(job: string): Promise<void> {
  const reply = await line?.cancel(job).catch(() => null)
  if (!reply?.ok) useNotices().say(reply?.message ?? translate('notice.noReply'), 'bad')
}

const catchingUp = new Set<string>()
const missedMeanwhile = new Set<string>()

/** Fetches the events of a job that were missed: at its start, over a lost line, or after a gap. */
export async function catchUp(job: string): Promise<void> {
  const runs = useRuns()
  const run = runs.byId(job)
  if (!line || !run || isOver(run.job)) return
  if (catchingUp.has(job)) {
    missedMeanwhile.add(job)
    return
  }
  catchingUp.add(job)
  const reply = await line.watch(job, run.job.lastSeq).catch(() => null)
  catchingUp.delete(job)
  if (reply?.ok) for (const event of reply.events) runs.take(event)
  else if (reply) runs.abandon(job, reply.message)
  if (missedMeanwhile.delete(job)) await catchUp(job)
}

/** Every run that was under way when the line broke. */
export async function catchUpAll(): Promise<void> {
  const open = useRuns().runs.filter(({ job }) => !isOver(job))
  await Promise.all(open.map(({ job }) => catchUp(job.id)))
}
