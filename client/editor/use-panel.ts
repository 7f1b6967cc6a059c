/** What stands over the graph, one at a time: until it is closed, something else is pressed, or another graph is shown. */
import { useEventListener } from '@vueuse/core'
import { shallowRef, watch, type ShallowRef } from 'vue'
import type { Point } from '../document/queries.ts'
import { pathOf } from '../document/scope.ts'
import { workflow } from '../document/workflow-document.ts'
import { useTabs } from '../stores/tabs.ts'
import type { FinderKind, Target } from './desk.ts'
import type { Socket } from './sockets.ts'

export type Panel =
  | { readonly kind: 'palette'; readonly at: Point; readonly screen: Point; readonly origin: Socket | null }
  | { readonly kind: 'menu'; readonly target: Target; readonly screen: Point }
  | { readonly kind: 'finder'; readonly of: FinderKind }

interface OpenPanel {
  readonly panel: ShallowRef<Panel | null>
  /** Closes it by key or by choice: the graph has the focus again. */
  closePanel(): void
}

export function usePanel(focusGraph: () => void): OpenPanel {
  const tabs = useTabs()
  const panel = shallowRef<Panel | null>(null)
  function closePanel(): void {
    panel.value = null
    focusGraph()
  }
  // While it is captured: most of what can be pressed keeps its presses to itself.
  useEventListener(
    window,
    'pointerdown',
    ({ target }) => {
      if (!(target instanceof Element && target.closest('[data-panel]'))) panel.value = null
    },
    { capture: true },
  )
  watch(
    () => [tabs.activeId, ...pathOf(workflow.trail.value)].join('/'),
    () => panel.value && closePanel(),
  )
  return { panel, closePanel }
}
