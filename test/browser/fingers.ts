/** Fingers on the page, put there through the browser's own door: what they touch hears what a touch screen would send. */
import type { CDPSession } from 'playwright-core'
import type { EditorPage } from './editor-page.ts'

interface Spot {
  readonly x: number
  readonly y: number
}

const moves = 6

export class Fingers {
  private readonly session: CDPSession

  private constructor(session: CDPSession) {
    this.session = session
  }

  static async on({ page }: EditorPage): Promise<Fingers> {
    return new Fingers(await page.context().newCDPSession(page))
  }

  async tap(at: Spot): Promise<void> {
    await this.down(at)
    await this.up()
  }

  async drag(from: Spot, to: Spot): Promise<void> {
    await this.down(from)
    for (let step = 1; step <= moves; step++) await this.send('touchMove', [between(from, to, step / moves)])
    await this.up()
  }

  /** Two fingers beside a spot, first so far from each other in pixels, then so far; they wander on to `to`. */
  async pinch(at: Spot, before: number, after: number, to: Spot = at): Promise<void> {
    const fingers = (share: number): Spot[] => {
      const { x, y } = between(at, to, share)
      const half = (before + (after - before) * share) / 2
      return [
        { x: x - half, y },
        { x: x + half, y },
      ]
    }
    // One comes after the other, as those of a hand do.
    await this.down(...fingers(0).slice(0, 1))
    await this.down(...fingers(0))
    for (let step = 1; step <= moves; step++) await this.send('touchMove', fingers(step / moves))
    await this.up()
  }

  /** One finger drags to a spot as for a gesture of its own, then a second comes and they spread by so many pixels. */
  async dragThenSpread(from: Spot, to: Spot, by: number): Promise<void> {
    await this.down(from)
    for (let step = 1; step <= moves; step++) await this.send('touchMove', [between(from, to, step / moves)])
    const second = { x: to.x + 60, y: to.y + 60 }
    const far = { x: second.x + by, y: second.y + by }
    await this.down(to, second)
    for (let step = 1; step <= moves; step++)
      await this.send('touchMove', [{ x: to.x - step * 4, y: to.y }, between(second, far, step / moves)])
    await this.up()
  }

  async down(...at: readonly Spot[]): Promise<void> {
    await this.send('touchStart', at)
  }

  async up(): Promise<void> {
    await this.send('touchEnd', [])
  }

  private async send(type: 'touchStart' | 'touchMove' | 'touchEnd', at: readonly Spot[]): Promise<void> {
    const touchPoints = at.map(({ x, y }, id) => ({ x, y, id }))
    await this.session.send('Input.dispatchTouchEvent', { type, touchPoints })
  }
}

function between(from: Spot, to: Spot, share: number): Spot {
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share }
}
