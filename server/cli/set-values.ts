/** `--set node.name=value`: changes values of a workflow, each read as its parameter's widget would. */
import type { Catalogue, NodeInfo, ParamInfo } from '#nodes/node-info.ts'
import { checkSubgraphs } from '#workflows/check-subgraphs.ts'
import type { Workflow } from '#workflows/format.ts'
import { suggest } from '#workflows/nearest.ts'
import { own } from '#workflows/own.ts'
import { pictureIdPattern } from '#workflows/protocol.ts'
import { subgraphsOf, withSubgraphs } from '#workflows/subgraph-shape.ts'
import { inWords } from '../engine/words.ts'
import { CliError, UsageError } from './command.ts'

/** Takes the picture file of a `picture` parameter in, and returns its id. */
export type PictureImporter = (path: string) => Promise<string>

/**
 * A workflow with the values set. It may still have faults.
 *
 * @param settings such as `noise.seed=8`
 * @throws UsageError when a setting is not of that form, CliError for an unknown node or parameter, one
 *   that takes its value from elsewhere, or an unreadable value.
 */
export async function setValues(
  workflow: Workflow,
  settings: readonly string[],
  context: { readonly catalogue: Catalogue; readonly importPicture: PictureImporter },
): Promise<Workflow> {
  const { order } = checkSubgraphs(workflow)
  const infos = withSubgraphs(context.catalogue, subgraphsOf(workflow), order)
  const nodes = structuredClone(workflow.nodes)
  for (const setting of settings) {
    const { node: id, param: name, text } = takeApart(setting)
    const { node, param } = find({ ...workflow, nodes }, infos, id, name)
    node.values = { ...node.values, [name]: await read(param, text, `${id}.${name}`, context.importPicture) }
  }
  return { ...workflow, nodes }
}

function takeApart(setting: string): { node: string; param: string; text: string } {
  const match = /^([^.=]+)\.([^.=]+)=(.*)$/s.exec(setting)
  if (!match) throw new UsageError(`Cannot read --set '${setting}': it must be of the form node.name=value`)
  const [, node = '', param = '', text = ''] = match
  return { node, param, text }
}

function find({ nodes, sweep }: Workflow, infos: ReadonlyMap<string, NodeInfo>, id: string, name: string) {
  const refuse = (why: string) => new CliError(`Cannot set '${id}.${name}': ${why}`)
  const node = own(nodes, id)
  if (!node) throw refuse(`the workflow has no node '${id}'${suggest(id, Object.keys(nodes))}`)
  const params = infos.get(node.type)?.params ?? {}
  const param = own(params, name)
  if (!param)
    throw refuse(
      `node '${id}' (${node.type}) has no parameter '${name}'${suggest(name, Object.keys(params))}`,
    )
  const source = own(node.inputs, name)
  if (source !== undefined) throw refuse(`it is fed by the link from '${source}', set that node instead`)
  const axis = sweep?.axes.find(({ at }) => at === `${id}.${name}`)
  if (axis)
    throw refuse(
      `it is swept over ${axis.values.map(inWords).join(', ')}, change the sweep in the file instead`,
    )
  return { node, param }
}

type Value = NonNullable<Workflow['nodes'][string]['values']>[string]

async function read(
  param: ParamInfo,
  text: string,
  place: string,
  importPicture: PictureImporter,
): Promise<Value> {
  const refuse = (wish: string) => new CliError(`Cannot set '${place}' to '${text}': it must be ${wish}`)
  switch (param.widget) {
    case 'text':
    case 'choice':
      return text
    case 'int':
      if (!/^[+-]?\d+$/.test(text)) throw refuse('a whole number')
      return Number(text)
    case 'float':
      if (text.trim() === '' || !Number.isFinite(Number(text))) throw refuse('a number')
      return Number(text)
    case 'seed':
      if (!/^\d+$/.test(text)) throw refuse('a whole number, 0 or more')
      // As digits where a number would be rounded.
      return Number.isSafeInteger(Number(text)) ? Number(text) : text
    case 'bool':
      if (text !== 'true' && text !== 'false') throw refuse("'true' or 'false'")
      return text === 'true'
    case 'boxes':
      return readJsonValue(text, refuse, '[{"phrase":"a cat","box":[0.1,0.2,0.5,0.9]}]')
    case 'keypoints':
      return readJsonValue(text, refuse, '[[[0.5,0.1], …]], 17 keypoints a figure')
    case 'picture':
      return pictureIdPattern.test(text) || text === '' ? text : importPicture(text)
  }
}

function readJsonValue(text: string, refuse: (wish: string) => CliError, example: string): Value {
  try {
    return JSON.parse(text) as Value
  } catch {
    throw refuse(`JSON, such as '${example}'`)
  }
}
