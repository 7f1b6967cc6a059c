/** The workflow file: one JSON object, readable and editable by hand, values by name. */
import { z } from 'zod'

export const currentVersion = 1

/** A node's name in its file; `name.port` must stay readable. */
export const nodeIdPattern = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/

const nodeId = z
  .string()
  .regex(nodeIdPattern, 'must be a letter followed by letters, digits, _ or - (64 at most)')

const portPattern = /^[A-Za-z_][A-Za-z0-9_-]{0,63}\.[A-Za-z_][A-Za-z0-9_-]{0,63}$/

/** Where an input comes from: `node.output`. */
const source = z.string().regex(portPattern, 'must be of the form node.output')

const port = nodeId

/** Whatever JSON holds. That it is JSON, `check-data.ts` says of the whole file before, at a tenth of what `z.json()` costs. */
const json: z.ZodType<z.core.util.JSONType> = z.unknown() as never

const node = z.strictObject({
  type: z.string().max(128),
  title: z.string().max(200).optional(),
  values: z.record(port, json).optional(),
  inputs: z.record(port, source).optional(),
  /** `mute`: it does not run, nor what needs it. `bypass`: each output passes on an input of the same type. */
  mode: z.enum(['mute', 'bypass'], { error: `must be 'mute' or 'bypass'` }).optional(),
})

const place = z.tuple([z.number(), z.number()])

/** Colours by name, so that each theme can have its own. */
export const viewColours = ['red', 'orange', 'yellow', 'green', 'teal', 'blue', 'violet', 'grey'] as const
const colour = z.enum(viewColours)

const frame = z.strictObject({ title: z.string(), nodes: z.array(nodeId), colour: colour.optional() })

/** A note on the canvas: Markdown, its upper left corner, its width and height. */
const note = z.strictObject({ text: z.string(), at: place, size: place, colour: colour.optional() })

const view = z.strictObject({
  nodes: z.record(nodeId, place).optional(),
  /** Nodes that show only their header. */
  collapsed: z.array(nodeId).optional(),
  colours: z.record(nodeId, colour).optional(),
  frames: z.array(frame).optional(),
  notes: z.record(nodeId, note).optional(),
  /** Points that a link passes through, by the input where it ends: `node.input`. */
  reroutes: z
    .record(z.string().regex(portPattern, 'must be of the form node.input'), z.array(place))
    .optional(),
})

/** Nodes under one name. Inside, ports are named by the nodes they belong to; a subgraph may use others, never itself. */
const subgraph = z.strictObject({
  title: z.string().max(200).optional(),
  nodes: z.record(nodeId, node),
  /** What arrives at a port goes to all of these inputs, each `node.input`. */
  inputs: z.record(port, z.array(source).min(1).max(64)),
  outputs: z.record(port, source),
  /** Parameters that can be set from outside, each `node.param`. */
  params: z.record(port, source).optional(),
  view: view.optional(),
})

/** One run over every combination of values, the first axis across and the second down; `at` is `node.param`. */
const sweep = z.strictObject({
  axes: z
    .array(z.strictObject({ at: source, values: z.array(json).min(1).max(64) }))
    .min(1)
    .max(2),
})

/** What the form view shows of the workflow: these parameters, in this order. */
const form = z.strictObject({
  title: z.string().max(200).optional(),
  fields: z.array(z.string().regex(portPattern, 'must be of the form node.param')).max(200),
})

/** What the file was made with, so that another machine can say what differs: node versions, content hashes of models. */
const madeWith = z.strictObject({
  nodes: z.record(z.string().max(128), z.int().nonnegative()).optional(),
  models: z.record(z.string().max(200), z.string().max(128)).optional(),
  /** By `model/adapter`; the one that `auto` takes is part of the model's own hash. */
  adapters: z.record(z.string().max(300), z.string().max(128)).optional(),
})

export const workflowSchema = z.strictObject({
  groundwork: z.literal(currentVersion),
  name: z.string().max(200).optional(),
  description: z.string().max(4000).optional(),
  nodes: z.record(nodeId, node),
  /** A node of the type `subgraph/<name>` stands for all nodes of the subgraph of that name. */
  subgraphs: z.record(nodeId, subgraph).optional(),
  sweep: sweep.optional(),
  form: form.optional(),
  madeWith: madeWith.optional(),
  /** Cosmetic: where things stand on the canvas. Never reaches a cache key. */
  view: view.optional(),
})

export type Workflow = z.infer<typeof workflowSchema>
export type WorkflowNode = z.infer<typeof node>
export type WorkflowView = z.infer<typeof view>
export type WorkflowFrame = z.infer<typeof frame>
export type WorkflowNote = z.infer<typeof note>
export type ViewColour = z.infer<typeof colour>
export type Subgraph = z.infer<typeof subgraph>
export type Sweep = z.infer<typeof sweep>

/** Takes `node.output` apart. */
export function parseSource(text: string): { node: string; output: string } {
  const dot = text.indexOf('.')
  return { node: text.slice(0, dot), output: text.slice(dot + 1) }
}
