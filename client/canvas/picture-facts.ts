/** What the rest of a workflow says of the picture that a node's boxes are for: its size, its latent, its prompts. */
import type { Catalogue } from '#nodes/node-info.ts'
import { parseSource } from '#workflows/format.ts'
import { valueOf } from '../document/edits.ts'
import { ancestorsOf, descendantsOf, infoOf, type Graph } from '../document/queries.ts'
import { own } from '../document/record.ts'

export interface PictureFacts {
  /** In pixels. */
  readonly width: number
  readonly height: number
  /** Side of a latent cell in pixels. */
  readonly cell: number
  /** Texts that steer the picture beside the boxes; none where the graph does not say. */
  readonly prompts: readonly string[]
}

/** What is known of models and pictures outside the workflow. */
export interface Around {
  readonly picture: { readonly width: number; readonly height: number } | null
  readonly models: readonly { readonly id: string; readonly size: number; readonly cell: number }[]
}

const usualSize = 512
const usualCell = 8

export function pictureFacts(
  document: Graph,
  catalogue: Catalogue,
  node: string,
  around: Around,
): PictureFacts {
  const model = around.models.find(({ id }) => id === modelOf(document, catalogue, node))
  const side = model?.size ?? usualSize
  const seen = around.picture?.width && around.picture.height ? around.picture : null
  const size = declaredSize(document, catalogue) ?? seen ?? { width: side, height: side }
  return {
    width: size.width,
    height: size.height,
    cell: model?.cell ?? usualCell,
    prompts: promptsOf(document, catalogue, node),
  }
}

function declaredSize(document: Graph, catalogue: Catalogue): { width: number; height: number } | null {
  for (const [id, node] of Object.entries(document.nodes)) {
    const info = infoOf(document, catalogue, id)
    if (!info || !own(info.params, 'width') || !own(info.params, 'height')) continue
    const [width, height] = [Number(valueOf(node, info, 'width')), Number(valueOf(node, info, 'height'))]
    if (width > 0 && height > 0 && Number.isFinite(width * height)) return { width, height }
  }
  return null
}

/** The model that a node's `Model` input comes from, by its id. */
function modelOf(document: Graph, catalogue: Catalogue, node: string): string | null {
  for (const id of ancestorsOf(document, node)) {
    const info = infoOf(document, catalogue, id)
    const gives = Object.values(info?.outputs ?? {}).some(({ type }) => type === 'Model')
    const value =
      gives && info && own(document.nodes, id)
        ? valueOf(document.nodes[id] ?? { type: '' }, info, 'model')
        : null
    if (typeof value === 'string') return value
  }
  return null
}

/** The texts that are encoded for the nodes which these boxes also reach; not those that say what to keep away from. */
export function promptsOf(document: Graph, catalogue: Catalogue, node: string): string[] {
  const texts = new Set<string>()
  for (const id of descendantsOf(document, node)) {
    const info = infoOf(document, catalogue, id)
    for (const [port, { type }] of Object.entries(info?.inputs ?? {})) {
      const source = own(own(document.nodes, id)?.inputs, port)
      if (type !== 'Conditioning' || port === 'negative' || source === undefined) continue
      for (const from of ancestorsOf(document, parseSource(source).node))
        addTexts(document, catalogue, from, texts)
    }
  }
  return [...texts]
}

function addTexts(document: Graph, catalogue: Catalogue, id: string, texts: Set<string>): void {
  const info = infoOf(document, catalogue, id)
  const node = own(document.nodes, id)
  for (const [name, { widget }] of Object.entries(info?.params ?? {})) {
    if (widget !== 'text' || !info || !node || own(node.inputs, name) !== undefined) continue
    const value = valueOf(node, info, name)
    if (typeof value === 'string' && value.trim() !== '') texts.add(value)
  }
}
