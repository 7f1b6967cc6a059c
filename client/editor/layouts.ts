/** The layout of every card, recomputed only for nodes that changed. */
import { computed, type ComputedRef } from 'vue'
import type { Catalogue, NodeInfo } from '#nodes/node-info.ts'
import type { Workflow, WorkflowNode } from '#workflows/format.ts'
import { subgraphName } from '#workflows/subgraph-shape.ts'
import { valueOf } from '../document/edits.ts'
import { positionOf } from '../document/queries.ts'
import { own } from '../document/record.ts'
import { wholeId } from '../document/scope.ts'
import { workflow } from '../document/workflow-document.ts'
import { useFaults } from '../stores/faults.ts'
import { useRuns } from '../stores/runs.ts'
import { catalogue } from './catalogue.ts'
import { progressOf } from './progress.ts'
import { layoutNode, usedOutputs, type Extras, type Layout, type Rect } from './geometry.ts'

export type Layouts = ReadonlyMap<string, Layout>

interface Remembered {
  readonly info: NodeInfo | undefined
  readonly key: string
  readonly layout: Layout
}

/** Width over height of the picture that the workflow makes: as its numbers say, as its last result was, or square. */
export function usePictureRatio(): ComputedRef<number> {
  const runs = useRuns()
  const nodes = computed(() => workflow.current.value.nodes)
  const declared = computed(() => declaredRatio(nodes.value, catalogue.value))
  return computed(() => {
    if (declared.value) return declared.value
    const picture = runs.backdrop
    return picture ? picture.width / picture.height : 1
  })
}

function declaredRatio(nodes: Workflow['nodes'], catalogue: Catalogue): number | null {
  for (const node of Object.values(nodes)) {
    const known = own(catalogue, node.type)
    if (!own(known?.params, 'width') || !own(known?.params, 'height') || !known) continue
    const ratio = Number(valueOf(node, known, 'width')) / Number(valueOf(node, known, 'height'))
    if (Number.isFinite(ratio) && ratio > 0) return ratio
  }
  return null
}

export function useLayouts(boxesRatio: ComputedRef<number>): ComputedRef<Layouts> {
  const runs = useRuns()
  const faults = useFaults()
  const remembered = new WeakMap<WorkflowNode, Remembered>()
  const { nodes } = workflow
  const collapsed = computed(() => workflow.graph.value.view?.collapsed)
  const used = computed(() => usedOutputs(nodes.value))
  const collapsedSet = computed(() => new Set(collapsed.value))

  function extrasOf(id: string): Extras {
    const whole = wholeId(workflow.trail.value, id)
    const picture = runs.onNodes.get(whole)
    const type = own(nodes.value, id)?.type ?? ''
    const progress = progressOf(runs.current?.job.nodes ?? {}, whole, subgraphName(type) !== null)
    return {
      pictureRatio: picture ? picture.width / picture.height : null,
      hasValue: progress?.value !== undefined,
      hasMessage: progress?.status === 'failed' || faults.byNode.has(whole),
      boxesRatio: boxesRatio.value,
      collapsed: collapsedSet.value.has(id),
    }
  }

  function layoutOf(id: string, node: WorkflowNode): Layout {
    const info = own(catalogue.value, node.type)
    const outputs = used.value.get(id) ?? []
    const extras = extrasOf(id)
    const key = `${outputs.join()}|${Object.values(extras).join()}`
    const known = remembered.get(node)
    if (known && known.info === info && known.key === key) return known.layout
    const layout = layoutNode(node, info, outputs, extras)
    remembered.set(node, { info, key, layout })
    return layout
  }

  // The same map as before where nothing in it changed, so that a step of a run redraws no link.
  return computed<Layouts>((before) => {
    const next = new Map(Object.entries(nodes.value).map(([id, node]) => [id, layoutOf(id, node)]))
    return before && sameLayouts(before, next) ? before : next
  })
}

function sameLayouts(a: Layouts, b: Layouts): boolean {
  return a.size === b.size && [...b].every(([id, layout]) => a.get(id) === layout)
}

/** The card's rectangle on the graph. */
export function rectOf(document: Workflow, layouts: Layouts, id: string): Rect {
  const { width, height } = layouts.get(id) ?? { width: 0, height: 0 }
  return { ...positionOf(document, id), width, height }
}
