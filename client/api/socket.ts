/** The live line to the server: requests with replies, job events and previews. */
import { io, type Socket } from 'socket.io-client'
import {
  jobEvent,
  previewHeader,
  queueView,
  type ClientToServer,
  type JobEvent,
  type PreviewHeader,
  type QueueView,
  type RunReply,
  type RunRequest,
  type ServerToClient,
  type ValidateReply,
  type WatchReply,
} from '#workflows/protocol.ts'
import type { Workflow } from '#workflows/format.ts'
import { signInAgain } from './sign-in.ts'

export interface LineListeners {
  connected(): void
  disconnected(): void
  event(event: JobEvent): void
  preview(header: PreviewHeader, bytes: Uint8Array): void
  queue(queue: QueueView): void
}

const replyTimeoutMs = 15_000

/** Every request rejects when the server has not answered within 15 s. */
export class Line {
  private readonly socket: Socket<ServerToClient, ClientToServer>

  constructor(listeners: LineListeners) {
    this.socket = io({ transports: ['websocket'], reconnectionDelayMax: 3000 })
    this.socket.on('connect', () => listeners.connected())
    this.socket.on('disconnect', () => {
      listeners.disconnected()
      void signInAgain()
    })
    this.socket.on('connect_error', () => void signInAgain())
    // Whatever is not as the protocol says is dropped: a missing event leaves a gap, and a gap is asked for again.
    this.socket.on('event', (event) => {
      if (jobEvent.safeParse(event).success) listeners.event(event)
    })
    this.socket.on('preview', (header, bytes) => {
      if (previewHeader.safeParse(header).success) listeners.preview(header, new Uint8Array(bytes))
    })
    this.socket.on('queue', (queue) => {
      if (queueView.safeParse(queue).success) listeners.queue(queue)
    })
  }

  run(request: RunRequest): Promise<RunReply> {
    return this.socket.timeout(replyTimeoutMs).emitWithAck('run', request)
  }

  cancel(job: string): Promise<{ readonly ok: boolean; readonly message?: string }> {
    return this.socket.timeout(replyTimeoutMs).emitWithAck('cancel', { job })
  }

  async watch(job: string, lastSeq: number): Promise<WatchReply> {
    const reply = await this.socket.timeout(replyTimeoutMs).emitWithAck('watch', { job, lastSeq })
    if (reply.ok) for (const event of reply.events) jobEvent.parse(event)
    return reply
  }

  validate(workflow: Workflow): Promise<ValidateReply> {
    return this.socket.timeout(replyTimeoutMs).emitWithAck('validate', { workflow })
  }
}
