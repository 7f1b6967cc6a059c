/** What the parts of the graph share, handed down from GraphEditor. */
import { inject, type ComputedRef, type InjectionKey, type ShallowRef } from 'vue'
import type { Detail } from './culling.ts'
import type { Target } from './desk.ts'
import type { Layouts } from './layouts.ts'
import type { LinkDrag } from './link-drag.ts'
import type { Socket } from './sockets.ts'

export interface EditorContext {
  readonly layouts: ComputedRef<Layouts>
  /** Width over height of the picture that boxes are drawn on. */
  readonly boxesRatio: ComputedRef<number>
  readonly linkDrag: Readonly<ShallowRef<LinkDrag | null>>
  startLink(event: PointerEvent, socket: Socket): void
  /** A press on something that can be selected and dragged. */
  pressItem(event: PointerEvent, key: string): void
  /** A press on what stands for several. */
  pressGroup(event: PointerEvent, keys: readonly string[]): void
  openMenu(event: MouseEvent, on: MenuPlace): void
  detailOf(id: string): Detail
}

export interface MenuPlace {
  readonly place: Target['place']
  /** The item that the menu is for; it is selected, if it is not yet. */
  readonly key?: string
  readonly index?: number
}

export const editorKey: InjectionKey<EditorContext> = Symbol('editor')

export function useEditorContext(): EditorContext {
  const context = inject(editorKey)
  if (!context) throw new Error('Cannot draw a part of the graph outside GraphEditor')
  return context
}
