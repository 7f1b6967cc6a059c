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

const node = z.strictObject({
  type: z.string().max(128),
  title: z.string().max(200).optional(),
  values: z.record(port, z.json()).optional(),
  inputs: z.record(port, source).optional(),
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

export const workflowSchema = z.strictObject({
  groundwork: z.literal(currentVersion),
  name: z.string().max(200).optional(),
  description: z.string().max(4000).optional(),
  nodes: z.record(nodeId, node),
  /** Cosmetic: where things stand on the canvas. Never reaches a cache key. */
  view: view.optional(),
})

export type Workflow = z.infer<typeof workflowSchema>
export type WorkflowNode = z.infer<typeof node>
export type WorkflowView = z.infer<typeof view>
export type WorkflowFrame = z.infer<typeof frame>
export type WorkflowNote = z.infer<typeof note>
export type ViewColour = z.infer<typeof colour>

/** Takes `node.output` apart. */
export function parseSource(text: string): { node: string; output: string } {
  const dot = text.indexOf('.')
  return { node: text.slice(0, dot), output: text.slice(dot + 1) }
}
