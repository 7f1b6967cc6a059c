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
  type QueueView,
  type RunReply,
  type ServerToClient,
  type ValidateReply,
  type WatchReply,
  type WatchRequest,
} from '#workflows/protocol.ts'
import { isTurned, type Gate } from '../access/gate.ts'
import { unknownJob, type JobDesk, type LooseRunRequest } from '../jobs/job-desk.ts'
import type { Watcher } from '../jobs/job-watchers.ts'
import type { Watch } from '../jobs/watch.ts'
import { limits } from '../limits.ts'
import { log } from '../log.ts'
import { StoreFullError } from '../store/database.ts'
import { guardedParser, overdrawn } from './guarded-parser.ts'
import { NewestMailbox } from './newest-mailbox.ts'
import { QueueTeller } from './queue-teller.ts'
import { unsentBytes } from './unsent.ts'

interface Heard extends ClientToServer {
  /** From the parser, with a reply; an editor that says it itself may say it with anything. */
  [overdrawn](reply: unknown): void
}
type EditorServer = Server<Heard, ServerToClient>
type EditorSocket = Socket<Heard, ServerToClient>

/** Takes sockets of our own pages only; each is told of its own jobs and of those it watches, of nothing else. */
export function attachSockets(http: HttpServer, desk: JobDesk, gate: Gate): EditorServer {
  const io: EditorServer = new Server(http, {
    transports: ['websocket'],
    maxHttpBufferSize: limits.socketBytes,
    serveClient: false,
    parser: guardedParser,
    connectTimeout: limits.headersMs,
    pingTimeout: limits.silentSocketMs,
    allowRequest(request, decide) {
      const visitor = gate.visitor(request)
      const turned = gate.refusal(request) ?? (isTurned(visitor) ? visitor : null)
      const isFull = io.engine.clientsCount >= limits.sockets
      decide(turned?.code ?? (isFull ? 'too-many-sockets' : null), !turned && !isFull)
    },
  })
  io.on('connection', (socket) => {
    endWithSession(socket, gate)
    serve(socket, desk, gate)
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

function serve(socket: EditorSocket, desk: JobDesk, gate: Gate): void {
  const asked = gate.visitor(socket.request)
  const visitor = isTurned(asked) ? undefined : asked
  const mailbox = new NewestMailbox(() => socket.conn.transport.writable)
  const watcher: Watcher = {
    event: (event) => socket.emit('event', event),
    preview: (header, bytes) =>
      mailbox.offer(`${header.job} ${header.node}`, () => socket.volatile.emit('preview', header, bytes)),
  }
  socket.conn.transport.on('ready', () => mailbox.flush())
  const watches = new Map<string, Watch>()

  async function watch({ job, lastSeq }: WatchRequest): Promise<Answer<WatchReply>> {
    const view = await desk.watch(job, lastSeq, watcher)
    if (!view) return { reply: { ok: false, message: unknownJob(job) } }
    keep(job, view)
    return { reply: { ok: true, state: view.state, events: view.events }, after: () => view.open() }
  }

  function keep(job: string, view: Watch): void {
    // It went while its job was looked up.
    if (socket.disconnected) return view.close()
    watches.get(job)?.close()
    // Set anew, so that the oldest stands first.
    watches.delete(job)
    watches.set(job, view)
    const [oldest] = watches
    if (oldest && watches.size > limits.watchesPerSocket) {
      watches.delete(oldest[0])
      oldest[1].close()
    }
  }

  async function run(request: LooseRunRequest): Promise<Answer<RunReply>> {
    const reply = await desk.submit(request, visitor)
    const view = reply.ok ? await desk.watch(reply.job, 0, watcher) : null
    if (!reply.ok || !view) return { reply }
    keep(reply.job, view)
    // After the reply, which tells the editor whose events these are.
    const after = () => {
      view.events.forEach(watcher.event)
      view.open()
    }
    return { reply, after }
  }

  answer<WatchRequest, WatchReply>(socket, 'watch', watchRequest, watch, refuse)
  answer<JobRequest, SocketReply>(
    socket,
    'cancel',
    jobRequest,
    async ({ job }) => ({ reply: await desk.cancel(job) }),
    refuse,
  )
  answer<LooseRunRequest, RunReply>(socket, 'run', looseRunRequest, run, (message) => ({
    ok: false,
    faults: [formatFault(message)],
  }))
  answer<{ workflow?: unknown }, ValidateReply>(
    socket,
    'validate',
    validateRequest,
    ({ workflow }) => ({ reply: { faults: desk.validate(workflow) } }),
    (message) => ({ faults: [formatFault(message)] }),
  )
  socket.on(overdrawn, (reply) => {
    if (typeof reply === 'function') reply({ ...refuse(tooMuch), faults: [formatFault(tooMuch)] })
  })
  const tell = (queue: QueueView) => mailbox.offer('queue', () => socket.emit('queue', queue))
  const tellQueue = new QueueTeller(limits.queueEventMs, () => {
    desk.queue().then(tell, (error: unknown) => log.error({ err: error }, 'the queue cannot be read'))
  })
  const stopListening = desk.onQueueChange(() => tellQueue.soon())
  tellQueue.soon()
  socket.on('disconnect', (reason) => {
    log.info({ socket: socket.id, reason }, 'socket closed')
    stopListening()
    tellQueue.stop()
    for (const view of watches.values()) view.close()
  })
}

/** The workflow is judged by its own check, which returns every fault with its path. */
const looseRunRequest = runRequest.extend({ workflow: z.unknown() })

interface Answer<Reply> {
  readonly reply: Reply
  /** Done once the reply is on its way. */
  readonly after?: () => void
}

type SocketReply = { readonly ok: true } | { readonly ok: false; readonly message: string }

function refuse(message: string): { readonly ok: false; readonly message: string } {
  return { ok: false, message }
}

function formatFault(message: string): Fault {
  return { code: 'format', path: [], message }
}

const tooMuch = `Cannot answer: ${limits.socketMessagesPerMinute} messages a minute, or ${limits.socketBytesPerMinute / 2 ** 20} MiB, are the limit, wait a little`

/** Answers a kind of request. Whatever arrives gets a reply in its place; nothing is thrown at the socket. */
function answer<Request, Reply>(
  socket: EditorSocket,
  kind: keyof ClientToServer,
  schema: z.ZodType<Request>,
  act: (request: Request) => Answer<Reply> | Promise<Answer<Reply>>,
  refuseWith: (message: string) => Reply,
): void {
  async function answerTo(payload: unknown): Promise<Answer<Reply>> {
    const request = schema.safeParse(payload)
    if (request.success) return act(request.data)
    return { reply: refuseWith(`Cannot read the request: ${z.prettifyError(request.error)}`) }
  }
  const listener: (...received: unknown[]) => void = async (payload, reply) => {
    if (typeof reply !== 'function') return
    // It asks and does not listen: what it is answered would pile up here.
    if (unsentBytes(socket) > limits.unsentBytes) return void socket.disconnect(true)
    try {
      const { reply: said, after } = await answerTo(payload)
      reply(said)
      after?.()
    } catch (error) {
      if (!(error instanceof StoreFullError)) log.error({ err: error, kind }, 'request failed')
      reply(
        refuseWith(
          error instanceof StoreFullError
            ? error.message
            : 'Cannot answer: the server met an unexpected error, see its log',
        ),
      )
    }
  }
  socket.on(kind, listener)
}
