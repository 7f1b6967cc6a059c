/** A server of toy nodes in a folder of its own. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { io, type Socket } from 'socket.io-client'
import type { ClientToServer, JobEvent, PreviewHeader, ServerToClient } from '#workflows/protocol.ts'
import type { Workflow, WorkflowNode } from '#workflows/format.ts'
import { onlyThisMachine, type Reach } from '#server/access/reach.ts'
import { startServer, type RunningServer } from '#server/main.ts'
import type { Runner, RunnerListener, RunnerOptions } from '#server/runner/messages.ts'
import { Supervisor, type SupervisorBounds } from '#server/runner/supervisor.ts'
import { FakeRunner } from './fake-runner.ts'
import { toyNodesDir } from './toy-nodes-dir.ts'

export const examplesDir = fileURLToPath(new URL('../../../workflows/examples', import.meta.url))

export interface ToyServer extends RunningServer {
  readonly port: number
  readonly dataDir: string
  /** The folder above everything the server may touch. */
  readonly dir: string
}

/** A server whose jobs go on until they are cancelled; no process is started. */
export function startFakeServer(reach: Reach = onlyThisMachine): Promise<ToyServer> {
  return start((_options, listener) => new FakeRunner(listener), reach)
}

/** A server with a real runner, whose process is at hand. */
export async function startToyServer(
  bounds: SupervisorBounds,
): Promise<ToyServer & { readonly runner: Supervisor }> {
  const made: Supervisor[] = []
  const server = await start((options, listener) => {
    const supervisor = new Supervisor(options, listener, bounds)
    made.push(supervisor)
    return supervisor
  })
  const [runner] = made
  if (!runner) throw new Error('Cannot happen: a server makes its runner')
  return { ...server, runner }
}

async function start(
  create: (options: RunnerOptions, listener: RunnerListener) => Runner,
  reach: Reach = onlyThisMachine,
): Promise<ToyServer> {
  const dir = await mkdtemp(join(tmpdir(), 'groundwork-server-'))
  const [dataDir, clientDir] = [join(dir, 'data'), join(dir, 'client')]
  await mkdir(clientDir)
  for (const page of ['index.html', 'sign-in.html'])
    await writeFile(join(clientDir, page), '<!doctype html><title>Groundwork</title>')
  const runner = { dataDir, modelDirs: [join(dir, 'models')], device: 'cpu', nodesDir: toyNodesDir }
  const server = await startServer({ port: 0, reach, clientDir, examplesDir, runner }, (listener) =>
    create(runner, listener),
  )
  return {
    ...server,
    dir,
    dataDir,
    port: Number(new URL(server.url).port),
    async close() {
      await server.close()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

/** A workflow of the given nodes. */
export function workflowOf(nodes: Record<string, WorkflowNode>): Workflow {
  return { groundwork: 1, nodes }
}

export type EditorSocket = Socket<ServerToClient, ClientToServer>

/** A socket as the editor opens it, with everything that it was told. */
export interface Editor {
  readonly socket: EditorSocket
  readonly events: JobEvent[]
  readonly previews: PreviewHeader[]
  /** Kinds of all that came, in order of arrival: an event's kind, or `preview`. */
  readonly arrivals: string[]
  run(workflow: unknown): Promise<string>
  /** Resolves with the event of that kind once it is there, or the event that ended the job instead. */
  until(job: string, kind: JobEvent['kind']): Promise<JobEvent>
  close(): void
}

const ends = ['finished', 'failed', 'cancelled']

export async function openEditor(
  { url }: { readonly url: string },
  extraHeaders: Record<string, string> = {},
): Promise<Editor> {
  const socket: EditorSocket = io(url, { transports: ['websocket'], reconnection: false, extraHeaders })
  const events: JobEvent[] = []
  const previews: PreviewHeader[] = []
  const arrivals: string[] = []
  const listeners = new Set<() => void>()
  socket.on('event', (event) => {
    events.push(event)
    arrivals.push(event.kind)
    for (const listener of listeners) listener()
  })
  socket.on('preview', (header) => {
    previews.push(header)
    arrivals.push('preview')
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', () => resolve())
    socket.once('connect_error', reject)
  })
  return {
    socket,
    events,
    previews,
    arrivals,
    async run(workflow) {
      const reply = await socket.emitWithAck('run', { workflow: workflow as Workflow })
      if (!reply.ok) throw new Error(reply.faults.map(({ message }) => message).join('; '))
      return reply.job
    },
    until: (job, kind) =>
      new Promise((resolve) => {
        const look = () => {
          const found = events.find(
            (event) => event.job === job && (event.kind === kind || ends.includes(event.kind)),
          )
          if (!found) return
          listeners.delete(look)
          resolve(found)
        }
        listeners.add(look)
        look()
      }),
    close: () => socket.close(),
  }
}
