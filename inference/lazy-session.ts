/** A session that opens when it is first asked. */
import type { OnnxModel } from './onnx/model.ts'
import { Session, type Feeds, type SessionOptions } from './session.ts'
import type { Tensor } from './tensor.ts'

export class LazySession {
  private readonly author: () => OnnxModel
  private readonly options: SessionOptions
  private opened: Promise<Session> | null = null

  constructor(author: () => OnnxModel, options: SessionOptions) {
    this.author = author
    this.options = options
  }

  async run(feeds: Feeds): Promise<Record<string, Tensor>> {
    this.opened ??= Session.open(this.author(), this.options)
    const session = await this.opened.catch((error: unknown) => {
      this.opened = null
      throw error
    })
    return await session.run(feeds)
  }

  /** Gives the memory back; the next run opens it again. */
  async release(): Promise<void> {
    const opened = this.opened
    this.opened = null
    await (await opened?.catch(() => null))?.release()
  }
}
