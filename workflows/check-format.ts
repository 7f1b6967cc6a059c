/** Reads a workflow file against its format, and says in sentences where it differs. */
import { z } from 'zod'
import { currentVersion, workflowSchema, type Workflow } from './format.ts'
import type { Fault } from './fault.ts'
import { firstIssues, type Issue } from './first-issues.ts'
import { limits } from './limits.ts'
import { suggest } from './nearest.ts'

/** Plain JSON as a workflow, or every reason why it is none. */
export function readFormat(json: unknown): { workflow: Workflow | null; faults: Fault[] } {
  const version = versionFault(json)
  if (version) return { workflow: null, faults: [version] }
  const tooLarge = sizeFaults(json)
  if (tooLarge.length > 0) return { workflow: null, faults: tooLarge }
  const issues = firstIssues(workflowSchema, json, limits.faults + 1)
  if (issues.length > 0) return { workflow: null, faults: issues.flatMap((issue) => issueFaults(issue)) }
  // Nothing in the schema changes what it reads.
  return { workflow: json as Workflow, faults: [] }
}

function versionFault(json: unknown): Fault | null {
  const version =
    typeof json === 'object' && json !== null && 'groundwork' in json ? json.groundwork : undefined
  if (version === currentVersion) return null
  const isNewer = typeof version === 'number' && version > currentVersion
  const message = isNewer
    ? `The workflow is of version ${version}, this Groundwork reads version ${currentVersion}: open it with a newer one`
    : `This is not a Groundwork workflow: the file must be an object with "groundwork": ${currentVersion}`
  return { code: 'format', path: ['groundwork'], message }
}

/** Before the format is looked at, which costs more. */
function sizeFaults(json: unknown): Fault[] {
  const subgraphs = Object.values(partsOf(json, 'subgraphs'))
  const nodes = [json, ...subgraphs].flatMap((graph) => Object.values(partsOf(graph, 'nodes')))
  const count = nodes.length + subgraphs.length
  const links = nodes.reduce<number>((sum, node) => sum + Object.keys(partsOf(node, 'inputs')).length, 0)
  const kinds = ['inputs', 'outputs', 'params']
  const ports = subgraphs.flatMap((subgraph) =>
    kinds.map((kind) => Object.keys(partsOf(subgraph, kind)).length),
  )
  const over = (what: string, number: number, most: number): Fault[] => {
    const message = `The workflow has ${number} ${what}, the limit is ${most}: split it into smaller ones`
    return number > most ? [{ code: 'too-large', path: ['nodes'], message }] : []
  }
  return [
    ...over('nodes', count, limits.nodes),
    ...over('links', links, limits.links),
    ...over('ports of subgraphs', sum(ports), limits.ports),
  ]
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

/** What stands under a key of an object; nothing where there is no object. */
function partsOf(json: unknown, key: string): object {
  const part: unknown =
    typeof json === 'object' && json !== null ? (json as Record<string, unknown>)[key] : null
  return typeof part === 'object' && part !== null ? part : {}
}

/** The keys that the format has at a place, to guess what a wrong one was meant to be. */
function keysAt(path: readonly PropertyKey[]): readonly string[] {
  let schema: unknown = workflowSchema
  for (const key of path) schema = bare(partOf(bare(schema), key))
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
}

function partOf(schema: unknown, key: PropertyKey): unknown {
  if (schema instanceof z.ZodObject) return (schema.shape as Record<PropertyKey, unknown>)[key]
  if (schema instanceof z.ZodRecord) return schema.valueType
  return schema instanceof z.ZodArray ? schema.element : undefined
}

function bare(schema: unknown): unknown {
  return schema instanceof z.ZodOptional ? schema.unwrap() : schema
}

function issueFaults(issue: Issue): Fault[] {
  const path = issue.path.map((key) => (typeof key === 'number' ? key : String(key)))
  const fault = (key: string[], message: string): Fault => ({
    code: 'format',
    path: [...path, ...key],
    message,
  })
  const place = path.length > 0 ? `'${path.join('.')}'` : 'the workflow'
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) =>
      fault([key], `Cannot read ${place}: it has no '${key}'${suggest(key, keysAt(path))}`),
    )
  if (issue.code === 'invalid_key')
    return [
      fault([], `Cannot read ${place}: this name ${issue.issues[0]?.message ?? 'is not allowed'}, rename it`),
    ]
  return [fault([], `Cannot read ${place}: ${issueInWords(issue)}`)]
}

const articles: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  tuple: 'a list',
}

function issueInWords(issue: Issue): string {
  if (issue.code === 'invalid_type') return `it must be ${articles[issue.expected] ?? issue.expected}`
  if (issue.code === 'too_big' && issue.origin === 'string')
    return `it must have at most ${issue.maximum} characters`
  if (issue.code === 'too_big') return `it must have at most ${issue.maximum} entries`
  if (issue.code === 'too_small') return `it must have at least ${issue.minimum} entries`
  return issue.message.startsWith('must') ? `it ${issue.message}` : issue.message
}
