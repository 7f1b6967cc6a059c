/** The live line to the server: requests with replies, job events and previews. */
import { io, type Socket } from 'socket.io-client'
import type {
  ClientToServer,
  JobEvent,
  PreviewHeader,
  RunReply,
  ServerToClient,
  ValidateReply,
  WatchReply,
} from '#workflows/protocol.ts'
import type { Workflow } from '#workflows/format.ts'

export interface LineListeners {
  connected(): void
  disconnected(): void
  event(event: JobEvent): void
  preview(header: PreviewHeader, bytes: Uint8Array): void
}

const replyTimeoutMs = 15_000

/** Every request rejects when the server has not answered within 15 s. */
export class Line {
  private readonly socket: Socket<ServerToClient, ClientToServer>

  constructor(listeners: LineListeners) {
    this.socket = io({ transports: ['websocket'], reconnectionDelayMax: 3000 })
    this.socket.on('connect', () => listeners.connected())
    this.socket.on('disconnect', () => listeners.disconnected())
    this.socket.on('event', (event) => listeners.event(event))
    this.socket.on('preview', (header, bytes) => listeners.preview(header, new Uint8Array(bytes)))
  }

  run(workflow: Workflow): Promise<RunReply> {
    return this.socket.timeout(replyTimeoutMs).emitWithAck('run', { workflow })
  }

  cancel(job: string): Promise<{ readonly ok: boolean; readonly message?: string }> {
    return this.socket.timeout(replyTimeoutMs).emitWithAck('cancel', { job })
  }

  watch(job: string, lastSeq: number): Promise<WatchReply> {
    return this.socket.timeout(replyTimeoutMs).emitWithAck('watch', { job, lastSeq })
  }

  validate(workflow: Workflow): Promise<ValidateReply> {
    return this.socket.timeout(replyTimeoutMs).emitWithAck('validate', { workflow })
  }
}
