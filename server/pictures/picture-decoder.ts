/** Has pictures from outside decoded by another process: one on which a decoder crashes or hangs is refused, and that is all. */
import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { BusyError } from '../busy-error.ts'
import { log } from '../log.ts'
import { childExecArgv } from '../runner/exec-argv.ts'
import type { ImportedPicture } from './import-picture.ts'
import { checkPictureFile, PictureError, type PictureFault } from './picture-file.ts'

/** What the process says of the picture it was sent last. */
export type FromDecoder =
  | { readonly kind: 'began' }
  | { readonly kind: 'decoded'; readonly picture: ImportedPicture }
  | { readonly kind: 'refused'; readonly code: PictureFault; readonly message: string }

export interface DecoderBounds {
  /** How long the decoding of a picture may take. */
  readonly pictureMs: number
  /** Pictures that wait to be decoded, beside the one that is. */
  readonly waitingPictures: number
  /** How long the process is idle before it is ended. */
  readonly idleDecoderMs: number
}

interface Task {
  readonly bytes: Uint8Array
  resolve(picture: ImportedPicture): void
  reject(error: Error): void
}

const ownEntry = fileURLToPath(new URL('./decoder-child.ts', import.meta.url))

export class PictureDecoder {
  readonly #bounds: DecoderBounds
  readonly #entry: string
  readonly #waiting: Task[] = []
  #task: Task | null = null
  #child: ChildProcess | null = null
  #gone: Promise<unknown> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined
  #isClosed = false

  /** @param entry what the process runs */
  constructor(bounds: DecoderBounds, entry: string = ownEntry) {
    this.#bounds = bounds
    this.#entry = entry
  }

  /** Process id; null while there is nothing to decode. */
  get pid(): number | null {
    return this.#child?.pid ?? null
  }

  /**
   * The picture as `importPicture` gives it.
   *
   * @throws PictureError when it cannot be decoded, or not in time; BusyError when too many wait already.
   */
  async decode(bytes: Uint8Array): Promise<ImportedPicture> {
    checkPictureFile(bytes)
    if (this.#isClosed) throw busy('the server stops')
    if (this.#waiting.length >= this.#bounds.waitingPictures) throw busy('too many are waiting already')
    return new Promise((resolve, reject) => {
      this.#waiting.push({ bytes, resolve, reject })
      if (!this.#task) this.#next()
    })
  }

  /** Resolves when the process is gone. Whoever still waits for a picture is told that the server stops. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const task of [this.#task, ...this.#waiting.splice(0)]) task?.reject(busy('the server stops'))
    clearTimeout(this.#timer)
    this.#drop()
    await this.#gone
  }

  #next(): void {
    clearTimeout(this.#timer)
    this.#task = this.#waiting.shift() ?? null
    if (this.#task) (this.#child ??= this.#open()).send(this.#task.bytes, ignoreLoss)
    else this.#timer = setTimeout(() => this.#drop(), this.#bounds.idleDecoderMs).unref()
  }

  #open(): ChildProcess {
    const child = fork(this.#entry, {
      execArgv: childExecArgv(),
      serialization: 'advanced',
      stdio: ['ignore', 2, 2, 'ipc'],
    })
    child.on('message', (message: FromDecoder) => {
      if (child === this.#child) this.#receive(message)
    })
    const gone = causeOfEnd(child)
    void gone.then((cause) => {
      if (child === this.#child) this.#onEnd(cause)
    })
    this.#gone = Promise.all([this.#gone, gone])
    return child
  }

  /** What it still says is not heard; whatever comes next gets another. */
  #drop(): void {
    this.#child?.kill('SIGKILL')
    this.#child = null
  }

  #receive(message: FromDecoder): void {
    switch (message.kind) {
      case 'began':
        this.#timer = setTimeout(() => this.#giveUp(), this.#bounds.pictureMs)
        return
      case 'decoded':
        return this.#settle((task) => task.resolve(message.picture))
      case 'refused':
        return this.#settle((task) => task.reject(new PictureError(message.code, message.message)))
    }
  }

  #giveUp(): void {
    this.#drop()
    const seconds = this.#bounds.pictureMs / 1000
    const message = `Cannot import the picture: decoding it takes longer than ${seconds} s, make it smaller or save it again`
    this.#settle((task) => task.reject(new PictureError('too-slow', message)))
  }

  #onEnd(cause: string): void {
    this.#child = null
    if (this.#task) log.warn({ cause }, 'picture decoder ended')
    const message = 'Cannot import the picture: its decoder crashed on it, save it again'
    this.#settle((task) => task.reject(new PictureError('damaged', message)))
  }

  #settle(settle: (task: Task) => void): void {
    if (this.#task) settle(this.#task)
    this.#next()
  }
}

function causeOfEnd(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`))
    // One that could not even be started has no exit.
    child.on('error', (error) => child.pid === undefined && resolve(error.message))
  })
}

/** What is sent to a process that just died is lost on purpose: its end settles everything. */
function ignoreLoss(error: Error | null): void {
  if (error) log.debug({ err: error }, 'picture for the decoder lost')
}

function busy(reason: string): BusyError {
  return new BusyError(`Cannot import the picture now: ${reason}, try again in a moment`)
}
