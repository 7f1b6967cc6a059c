/** The live side: editors run workflows and watch their jobs over socket.io. */
import type { Server as HttpServer } from 'node:http'
import { Server, type Socket } from 'socket.io'
import { z } from 'zod'
import type { Fault } from '#workflows/fault.ts'
import {
  jobRequest,
  runRequest,
  validateRequest,
  watchRequest,
  type ClientToServer,
  type JobRequest,
  type RunReply,
  type ServerToClient,
  type ValidateReply,
  type WatchReply,
  type WatchRequest,
} from '#workflows/protocol.ts'
import { isTurned, type Gate } from '../access/gate.ts'
import type { Watcher } from '../jobs/job-log.ts'
import { unknownJob, type CancelReply, type JobDesk } from '../jobs/job-desk.ts'
import { limits } from '../limits.ts'
import { log } from '../log.ts'
import { guardedParser } from './guarded-parser.ts'
import { PreviewMailbox } from './preview-mailbox.ts'

type EditorServer = Server<ClientToServer, ServerToClient>
type EditorSocket = Socket<ClientToServer, ServerToClient>

/** Takes sockets of our own pages only; each is told of its own jobs and of those it watches, of nothing else. */
export function attachSockets(http: HttpServer, desk: JobDesk, gate: Gate): EditorServer {
  const io: EditorServer = new Server(http, {
    transports: ['websocket'],
    maxHttpBufferSize: limits.socketBytes,
    serveClient: false,
    parser: guardedParser,
    connectTimeout: limits.headersMs,
    allowRequest(request, decide) {
      const visitor = gate.visitor(request)
      const turned = gate.refusal(request) ?? (isTurned(visitor) ? visitor : null)
      const isFull = io.engine.clientsCount >= limits.sockets
      decide(turned?.code ?? (isFull ? 'too-many-sockets' : null), !turned && !isFull)
    },
  })
  io.on('connection', (socket) => {
    endWithSession(socket, gate)
    serve(socket, desk)
  })
  return io
}

/** A session that ends takes its sockets with it. */
function endWithSession(socket: EditorSocket, gate: Gate): void {
  const secret = gate.secretIn(socket.request.headers.cookie)
  if (!gate.sessions || secret === '') return
  const detach = gate.sessions.attach(secret, () => socket.disconnect(true))
  socket.on('disconnect', detach)
}

function serve(socket: EditorSocket, desk: JobDesk): void {
  const mailbox = new PreviewMailbox({
    isWritable: () => socket.conn.transport.writable,
    send: (header, bytes) => socket.volatile.emit('preview', header, bytes),
  })
  const watcher: Watcher = {
    event: (event) => socket.emit('event', event),
    preview: (header, bytes) => mailbox.offer(header, bytes),
  }
  socket.conn.transport.on('ready', () => mailbox.flush())
  const watched = new Set<string>()

  function watch({ job, lastSeq }: WatchRequest): WatchReply {
    if (watched.size >= limits.watchesPerSocket && !watched.has(job)) dropOldest()
    const view = desk.watch(job, lastSeq, watcher)
    if (!view) return { ok: false, message: unknownJob(job) }
    watched.add(job)
    return { ok: true, state: view.state, events: view.events }
  }

  function dropOldest(): void {
    const [oldest] = watched
    if (oldest === undefined) return
    watched.delete(oldest)
    desk.unwatch(oldest, watcher)
  }

  function run({ workflow, targets }: LooseRunRequest): RunReply {
    const reply = desk.submit(workflow, targets)
    const watching = reply.ok ? watch({ job: reply.job, lastSeq: 0 }) : null
    // After the reply, which tells the editor whose events these are.
    if (watching?.ok) queueMicrotask(() => watching.events.forEach(watcher.event))
    return reply
  }

  answer<WatchRequest, WatchReply>(socket, 'watch', watchRequest, watch, refuse)
  answer<JobRequest, CancelReply>(socket, 'cancel', jobRequest, ({ job }) => desk.cancel(job), refuse)
  answer<LooseRunRequest, RunReply>(socket, 'run', looseRunRequest, run, (message) => ({
    ok: false,
    faults: [formatFault(message)],
  }))
  answer<{ workflow?: unknown }, ValidateReply>(
    socket,
    'validate',
    validateRequest,
    ({ workflow }) => ({ faults: desk.validate(workflow) }),
    (message) => ({ faults: [formatFault(message)] }),
  )
  socket.on('disconnect', () => {
    for (const job of watched) desk.unwatch(job, watcher)
  })
}

/** The workflow is judged by its own check, which returns every fault with its path. */
const looseRunRequest = runRequest.extend({ workflow: z.unknown() })
type LooseRunRequest = z.infer<typeof looseRunRequest>

function refuse(message: string): { readonly ok: false; readonly message: string } {
  return { ok: false, message }
}

function formatFault(message: string): Fault {
  return { code: 'format', path: [], message }
}

/** Answers a kind of request. Whatever arrives gets a reply in its place; nothing is thrown at the socket. */
function answer<Request, Reply>(
  socket: EditorSocket,
  kind: keyof ClientToServer,
  schema: z.ZodType<Request>,
  act: (request: Request) => Reply,
  refuseWith: (message: string) => Reply,
): void {
  const listener: (...received: unknown[]) => void = (payload, reply) => {
    if (typeof reply !== 'function') return
    const request = schema.safeParse(payload)
    try {
      reply(
        request.success
          ? act(request.data)
          : refuseWith(`Cannot read the request: ${z.prettifyError(request.error)}`),
      )
    } catch (error) {
      log.error({ err: error, kind }, 'request failed')
      reply(refuseWith('Cannot answer: the server met an unexpected error, see its log'))
    }
  }
  socket.on(kind, listener)
}
