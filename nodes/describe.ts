/** From a node's definition to what the catalogue says of it. */
import { z } from 'zod'
import type { AnyNode } from './node.ts'
import type { NodeInfo, ParamInfo, Widget } from './node-info.ts'
import type { WireType } from './wire-types.ts'

/** What only this machine knows: the values of choices that depend on it. */
export interface LocalChoices {
  readonly models: readonly string[]
  /** Of all models together. */
  readonly adapters: readonly string[]
}

/**
 * The catalogue entry of a node.
 *
 * @throws TypeError when a parameter has no default or cannot be shown by any widget.
 */
export function describeNode(node: AnyNode, local: LocalChoices): NodeInfo {
  const params = Object.entries(node.params).map(([name, schema]) => [
    name,
    describeParam(node, name, schema, local),
  ])
  const inputs = Object.entries(node.inputs).map(([name, { type, optional, lazy, list, description }]) => [
    name,
    { type, optional: optional ?? false, ...(lazy && { lazy }), ...(list && { list }), description },
  ])
  const { type, version, title, description, aliases, outputs, loop } = node
  return {
    type,
    version,
    title,
    description,
    ...(aliases && { aliases }),
    inputs: Object.fromEntries(inputs),
    outputs,
    params: Object.fromEntries(params),
    loop: loop ?? null,
    sideEffect: node.sideEffect ?? false,
  }
}

const wireOf: Record<Widget, WireType | null> = {
  int: 'Int',
  seed: 'Int',
  float: 'Float',
  text: 'Text',
  bool: 'Bool',
  boxes: 'Boxes',
  keypoints: 'Keypoints',
  choice: null,
  picture: null,
}

function describeParam(node: AnyNode, name: string, schema: z.ZodType, local: LocalChoices): ParamInfo {
  const place = `parameter '${name}' of node '${node.type}'`
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  const fallback = json.default ?? defaultBehindTransform(schema)
  if (fallback === undefined) throw new TypeError(`Cannot register ${place}: it has no default`)
  const meta = schema.meta() ?? {}
  const widget = meta.widget ?? widgetOf(json, meta.choices !== undefined)
  if (!widget)
    throw new TypeError(`Cannot register ${place}: no widget shows its schema, name one in its meta`)
  const choices = meta.choices ? local[meta.choices] : json.enum
  return {
    widget,
    title: meta.title ?? name,
    description: meta.description ?? '',
    default: fallback,
    wire: meta.wire ?? wireOf[widget],
    ...(isSafe(json.minimum) && { min: json.minimum }),
    ...(isSafe(json.maximum) && { max: json.maximum }),
    ...(meta.step !== undefined && { step: meta.step }),
    ...(meta.measures && { measures: meta.measures }),
    ...(meta.multiline && { multiline: true }),
    ...(widget === 'text' && json.maxLength !== undefined && { maxLength: json.maxLength }),
    ...(widget === 'text' &&
      json.pattern &&
      meta.form && { form: { pattern: json.pattern, sentence: meta.form } }),
    ...(meta.holds && { holds: meta.holds }),
    ...(meta.phrases && { phrases: meta.phrases }),
    ...(meta.stage && { stage: meta.stage }),
    ...(choices && { choices: choices.map(String) }),
  }
}

/** zod keeps the default of a schema that transforms out of the JSON Schema of its input: it is an output. */
function defaultBehindTransform(schema: z.ZodType): unknown {
  return schema.safeParse(undefined).data
}

/** zod writes the bounds of whole numbers as ±(2^53−1): no bound that a person would want to see. */
function isSafe(bound: number | undefined): bound is number {
  return bound !== undefined && Math.abs(bound) < Number.MAX_SAFE_INTEGER
}

function widgetOf(json: z.core.JSONSchema.BaseSchema, hasLocalChoices: boolean): Widget | null {
  if (json.enum || hasLocalChoices) return 'choice'
  if (json.type === 'integer') return 'int'
  if (json.type === 'number') return 'float'
  if (json.type === 'string') return 'text'
  if (json.type === 'boolean') return 'bool'
  return null
}
