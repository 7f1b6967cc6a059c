/** `--set node.name=value`: changes values of a workflow, each read as its parameter's widget would. */
import type { Catalogue, ParamInfo } from '#nodes/node-info.ts'
import type { Workflow } from '#workflows/format.ts'
import { pictureIdPattern } from '#workflows/protocol.ts'
import { suggest } from '#workflows/nearest.ts'
import { CliError, UsageError } from './command.ts'

/** Takes the picture file of a `picture` parameter in, and returns its id. */
export type PictureImporter = (path: string) => Promise<string>

/** Part of a workflow, as much as is needed to change its values: it may still have faults. */
type Draft = Pick<Workflow, 'nodes'>

/**
 * A workflow with the values set.
 *
 * @param settings such as `noise.seed=8`
 * @throws UsageError when a setting is not of that form, CliError for an unknown node or parameter or an unreadable value.
 */
export async function setValues<W extends Draft>(
  workflow: W,
  settings: readonly string[],
  context: { readonly catalogue: Catalogue; readonly importPicture: PictureImporter },
): Promise<W> {
  const nodes = structuredClone(workflow.nodes)
  for (const setting of settings) {
    const { node: id, param: name, text } = takeApart(setting)
    const { node, param } = find(nodes, context.catalogue, id, name)
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

function find(nodes: Workflow['nodes'], catalogue: Catalogue, id: string, name: string) {
  const node = Object.hasOwn(nodes, id) ? nodes[id] : undefined
  if (!node)
    throw new CliError(
      `Cannot set '${id}.${name}': the workflow has no node '${id}'${suggest(id, Object.keys(nodes))}`,
    )
  const params = (Object.hasOwn(catalogue, node.type) ? catalogue[node.type]?.params : undefined) ?? {}
  const param = Object.hasOwn(params, name) ? params[name] : undefined
  if (!param)
    throw new CliError(
      `Cannot set '${id}.${name}': node '${id}' (${node.type}) has no parameter '${name}'${suggest(name, Object.keys(params))}`,
    )
  const source = node.inputs?.[name]
  if (source !== undefined)
    throw new CliError(
      `Cannot set '${id}.${name}': it is fed by the link from '${source}', set that node instead`,
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
