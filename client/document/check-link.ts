/** May this output feed that input? The answer is data, so that the editor can say why not in any language. */
import type { Catalogue, NodeInfo } from '#nodes/node-info.ts'
import { canConnect, type WireType } from '#nodes/wire-types.ts'
import { OutputTypes } from '#workflows/any-type.ts'
import { checkSubgraphs } from '#workflows/check-subgraphs.ts'
import { asItIs, expandWorkflow } from '#workflows/expand.ts'
import type { Workflow } from '#workflows/format.ts'
import { subgraphName } from '#workflows/subgraph-shape.ts'
import { infoOf, inputType, pathBetween, type Link, type PortRef } from './queries.ts'
import { own } from './record.ts'

type TypeVerdict =
  | { readonly code: 'fits' }
  | { readonly code: 'wrong-type'; readonly from: WireType; readonly to: WireType }
  | { readonly code: 'unknown-port' }

export type LinkVerdict = TypeVerdict | { readonly code: 'ring'; readonly path: readonly string[] }

export function checkLink(document: Workflow, catalogue: Catalogue, link: Link): LinkVerdict {
  const verdict = typeJudge(document, catalogue)(link)
  if (verdict.code !== 'fits') return verdict
  const path = pathBetween(document, link.to.node, link.from.node)
  return path ? { code: 'ring', path: [...path, link.to.node] } : verdict
}

/** Judges links by their types alone, as the server does: an output of the type `Any` has that of what it carries. */
export function typeJudge(document: Workflow, catalogue: Catalogue): (link: Link) => TypeVerdict {
  const types = outputTypes(document, new Map(Object.entries(catalogue)))
  const typeOf = ({ node, port }: PortRef) => types.typeOf(`${node}.${port}`)

  /** What the inputs of the type `Any` of a node carry, whatever is linked to the one that is asked for. */
  function carriedBeside({ node, port }: PortRef): WireType {
    const { type, inputs = {} } = own(document.nodes, node) ?? { type: '' }
    // Those of a subgraph need not belong to each other: judged with the whole workflow.
    if (subgraphName(type) !== null) return 'Any'
    const others = Object.entries(inputs).filter(
      ([name]) => name !== port && inputType(infoOf(document, catalogue, node), name) === 'Any',
    )
    return others.map(([, source]) => types.typeOf(source)).find((type) => type && type !== 'Any') ?? 'Any'
  }

  return ({ from, to }) => {
    const source = typeOf(from)
    const declared = inputType(infoOf(document, catalogue, to.node), to.port)
    if (!source || !declared) return { code: 'unknown-port' }
    const target = declared === 'Any' ? carriedBeside(to) : declared
    const fits = declared === 'Any' && target !== 'Any' ? isSame(source, target) : canConnect(source, target)
    return fits ? { code: 'fits' } : { code: 'wrong-type', from: source, to: target }
  }
}

function outputTypes(document: Workflow, infos: ReadonlyMap<string, NodeInfo>): OutputTypes {
  const isSound = checkSubgraphs(document).faults.length === 0
  return new OutputTypes(isSound ? expandWorkflow(document, infos) : asItIs(document), infos)
}

/** All inputs of the type `Any` of one node take the same: there, an Int is no Float. */
function isSame(source: WireType, target: WireType): boolean {
  return source === target || source === 'Any'
}
