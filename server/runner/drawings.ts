/** Pictures that a runner was asked to draw: bounded in number, and nobody waits for ever. */
import { BusyError } from '../busy-error.ts'
import type { Drawn } from './messages.ts'

export interface DrawingBounds {
  readonly waitingDrawings: number
  readonly drawingMs: number
}

interface Waiting {
  resolve(drawn: Drawn): void
  reject(error: Error): void
  readonly timer: NodeJS.Timeout
}

export class Drawings {
  readonly #bounds: DrawingBounds
  readonly #waiting = new Map<number, Waiting>()
  #count = 0

  constructor(bounds: DrawingBounds) {
    this.#bounds = bounds
  }

  /** @param send hands the numbered request to the runner. */
  ask(send: (request: number) => void): Promise<Drawn> {
    if (this.#waiting.size >= this.#bounds.waitingDrawings)
      return Promise.reject(busy('too many are waiting already'))
    const request = ++this.#count
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(request)
        reject(busy('the runner is busy'))
      }, this.#bounds.drawingMs)
      this.#waiting.set(request, { resolve, reject, timer })
      send(request)
    })
  }

  settle(request: number, drawn: Drawn): void {
    const waiting = this.#waiting.get(request)
    if (!waiting) return
    this.#waiting.delete(request)
    clearTimeout(waiting.timer)
    waiting.resolve(drawn)
  }

  /** The runner is gone. */
  failAll(): void {
    for (const { timer, reject } of this.#waiting.values()) {
      clearTimeout(timer)
      reject(busy('the runner ended'))
    }
    this.#waiting.clear()
  }
}

export function busy(reason: string): BusyError {
  return new BusyError(`Cannot draw the step now: ${reason}, ask again in a moment`)
}
