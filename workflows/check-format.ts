/** Reads a workflow file against its format, and says in sentences where it differs. */
import { z } from 'zod'
import { currentVersion, workflowSchema, type Workflow } from './format.ts'
import type { Fault } from './fault.ts'
import { limits } from './limits.ts'
import { suggest } from './nearest.ts'

type Issue = z.core.$ZodIssue

/** Plain JSON as a workflow, or every reason why it is none. */
export function readFormat(json: unknown): { workflow: Workflow | null; faults: Fault[] } {
  const version = versionFault(json)
  if (version) return { workflow: null, faults: [version] }
  const { data, error } = workflowSchema.safeParse(json)
  if (error) return { workflow: null, faults: error.issues.flatMap((issue) => issueFaults(issue)) }
  return { workflow: data, faults: sizeFaults(data) }
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

function sizeFaults({ nodes }: Workflow): Fault[] {
  const count = Object.keys(nodes).length
  const links = Object.values(nodes).reduce((sum, { inputs }) => sum + Object.keys(inputs ?? {}).length, 0)
  const over = (what: string, number: number, most: number): Fault[] => {
    const message = `The workflow has ${number} ${what}, the limit is ${most}: split it into smaller ones`
    return number > most ? [{ code: 'too-large', path: ['nodes'], message }] : []
  }
  return [...over('nodes', count, limits.nodes), ...over('links', links, limits.links)]
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
