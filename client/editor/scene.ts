/** Everything that the canvas draws, as one value that follows from the document and what is going on. */
import { computed, type ComputedRef } from 'vue'
import { linkKey } from '../document/items.ts'
import { loopRegions } from '../document/queries.ts'
import { workflow } from '../document/workflow-document.ts'
import { useSelection } from '../stores/selection.ts'
import { useSettings } from '../stores/settings.ts'
import { catalogue } from './catalogue.ts'
import type { Transform } from './geometry.ts'
import type { Layouts } from './layouts.ts'
import type { Scene } from './link-canvas.ts'
import type { LinkDrag } from './link-drag.ts'
import { linkShower, type ShownLink } from './links.ts'

export interface SceneParts {
  layouts(): Layouts
  transform(): Transform
  far(): boolean
  drag(): LinkDrag | null
  /** The links that a gesture is about to act on. */
  marked(): readonly ShownLink[]
}

export function useScene(parts: SceneParts): {
  scene: ComputedRef<Scene>
  links: ComputedRef<readonly ShownLink[]>
} {
  const selection = useSelection()
  const settings = useSettings()
  const { nodes } = workflow
  const regions = computed(() => loopRegions({ nodes: nodes.value }, catalogue.value))
  const idle = computed(
    () => new Set(Object.keys(nodes.value).filter((id) => nodes.value[id]?.mode !== undefined)),
  )
  const showLinks = linkShower()
  const links = computed(() => showLinks(workflow.graph.value, catalogue.value, parts.layouts()))
  const scene = computed<Scene>(() => ({
    document: workflow.graph.value,
    catalogue: catalogue.value,
    layouts: parts.layouts(),
    links: links.value,
    transform: parts.transform(),
    selected: selection.ids,
    regions: regions.value,
    hidden: new Set(parts.drag()?.detached.map(({ to }) => linkKey(to))),
    marked: new Set(parts.marked().map(({ to }) => linkKey(to))),
    idle: idle.value,
    far: parts.far(),
    light: settings.theme === 'light',
  }))
  return { scene, links }
}
