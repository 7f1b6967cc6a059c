/** What the parts of the graph share, handed down from GraphEditor. */
import { inject, type ComputedRef, type InjectionKey, type ShallowRef } from 'vue'
import type { Layouts } from './layouts.ts'
import type { LinkDrag } from './link-drag.ts'
import type { Socket } from './sockets.ts'

export interface EditorContext {
  readonly layouts: ComputedRef<Layouts>
  /** Width over height of the picture that boxes are drawn on. */
  readonly boxesRatio: ComputedRef<number>
  readonly linkDrag: Readonly<ShallowRef<LinkDrag | null>>
  startLink(event: PointerEvent, socket: Socket): void
  pressCard(event: PointerEvent, id: string): void
}

export const editorKey: InjectionKey<EditorContext> = Symbol('editor')

export function useEditorContext(): EditorContext {
  const context = inject(editorKey)
  if (!context) throw new Error('Cannot draw a part of the graph outside GraphEditor')
  return context
}
