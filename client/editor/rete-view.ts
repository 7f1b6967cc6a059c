/**
 * The seam to Rete, which is used for the view alone: pan and zoom, and one positioned element per card that is shown.
 * The document stays the truth: the view is told where things are.
 */
import { NodeEditor, type GetSchemes } from 'rete'
import { AreaPlugin, Drag } from 'rete-area-plugin'
import { shallowReactive, shallowRef, type ShallowRef } from 'vue'
import type { Point } from '../document/queries.ts'
import type { Transform } from './geometry.ts'

type Schemes = GetSchemes<{ id: string }, { id: string; source: string; target: string }>

export interface ViewGuards {
  /** Whether a press on the canvas begins to pan it. */
  canPan(event: PointerEvent): boolean
  /** Whether a pan under way goes on. */
  keepsPanning(): boolean
}

/** The view is at rest when it has not moved for so long. */
const restMs = 160

export class ReteView {
  /** One element per card that is shown, to teleport it into. */
  readonly elements = shallowReactive(new Map<string, HTMLElement>())
  readonly transform: ShallowRef<Transform> = shallowRef({ x: 0, y: 0, k: 1 })
  private readonly editor = new NodeEditor<Schemes>()
  private readonly area: AreaPlugin<Schemes>
  private readonly container: HTMLElement
  private rest: ReturnType<typeof setTimeout> | undefined
  private wanted: ReadonlyMap<string, Point> | null = null
  private syncing = false

  constructor(container: HTMLElement, guards: ViewGuards) {
    this.container = container
    this.area = new AreaPlugin<Schemes>(container)
    this.editor.use(this.area)
    this.area.area.content.holder.classList.add('cards')
    this.area.area.setZoomHandler(null)
    this.area.area.setDragHandler(
      new Drag({ down: (event) => guards.canPan(event), move: () => guards.keepsPanning() }),
    )
    this.area.addPipe((signal) => {
      if (signal.type === 'render' && signal.data.type === 'node')
        this.elements.set(signal.data.payload.id, signal.data.element)
      if (signal.type === 'noderemoved') this.elements.delete(signal.data.id)
      if (signal.type === 'zoomed' || signal.type === 'translated') this.publish()
      return signal
    })
  }

  /** Makes the view hold exactly these cards at these places; a later call overtakes one under way. */
  show(places: ReadonlyMap<string, Point>): void {
    this.wanted = places
    if (!this.syncing) void this.sync()
  }

  async pan(dx: number, dy: number): Promise<void> {
    const { x, y } = this.area.area.transform
    await this.area.area.translate(x + dx, y + dy)
  }

  /** Zooms so that the point under `at` (in pixels of the container) stays where it is. */
  async zoom(k: number, at: Point): Promise<void> {
    const { x, y, k: old } = this.area.area.transform
    const delta = k / old - 1
    await this.area.area.zoom(k, (x - at.x) * delta, (y - at.y) * delta)
  }

  async look({ x, y, k }: Transform): Promise<void> {
    await this.area.area.zoom(k)
    await this.area.area.translate(x, y)
  }

  destroy(): void {
    clearTimeout(this.rest)
    this.area.destroy()
  }

  private async sync(): Promise<void> {
    this.syncing = true
    while (this.wanted) {
      const places = this.wanted
      this.wanted = null
      for (const { id } of this.editor.getNodes()) if (!places.has(id)) await this.editor.removeNode(id)
      for (const [id, { x, y }] of places) {
        if (!this.area.nodeViews.has(id)) await this.editor.addNode({ id })
        const at = this.area.nodeViews.get(id)?.position
        if (at && (at.x !== x || at.y !== y)) await this.area.translate(id, { x, y })
      }
    }
    this.syncing = false
  }

  private publish(): void {
    const { x, y, k } = this.area.area.transform
    const before = this.transform.value
    if (before.x === x && before.y === y && before.k === k) return
    this.transform.value = { x, y, k }
    this.glide()
  }

  /**
   * While the view moves, the cards are a picture that is shifted and scaled whole; at rest they are drawn anew, sharp. Without
   * it every card in sight is drawn with every frame; with it always, a card would stay as blurred as it was zoomed.
   */
  private glide(): void {
    const { style } = this.area.area.content.holder
    style.willChange = 'transform'
    clearTimeout(this.rest)
    this.rest = setTimeout(() => (style.willChange = ''), restMs)
  }

  /** The pointer in pixels of the container. */
  pointer(event: { readonly clientX: number; readonly clientY: number }): Point {
    const { left, top } = this.container.getBoundingClientRect()
    return { x: event.clientX - left, y: event.clientY - top }
  }
}
