/** The API as an OpenAPI 3.1 document, made of the table of routes and the schemas that the routes check with. */
import { z } from 'zod'
import { workflowSchema } from '#workflows/format.ts'
import {
  exampleInfo,
  jobEvent,
  jobPage,
  jobSummary,
  jobView,
  keptStep,
  modelInfo,
  queueView,
  storedWorkflow,
} from '#workflows/protocol.ts'
import { errorAnswer, type AnswerSpec, type BodySpec, type Route } from './route.ts'

/** Schemas that stand in the document under a name of their own; the rest is written where it is used. */
const named: Readonly<Record<string, z.ZodType>> = {
  Workflow: workflowSchema,
  Job: jobSummary,
  JobPage: jobPage,
  JobWithEvents: jobView,
  JobEvent: jobEvent,
  Queue: queueView,
  Step: keptStep,
  Model: modelInfo,
  Example: exampleInfo,
  StoredWorkflow: storedWorkflow,
  Error: errorAnswer,
}

type Json = Readonly<Record<string, unknown>>

export function openApi(routes: readonly Route[], version: string): Json {
  const schemas = new Map(Object.entries(named).map(([name, schema]) => [schema, name]))
  const inline = new Map<z.ZodType, string>()
  for (const route of routes) for (const schema of schemasOf(route)) nameInline(schema, schemas, inline)
  const written = writeSchemas(new Map([...schemas, ...inline]))
  const refer = (schema: z.ZodType): unknown => {
    const name = schemas.get(schema)
    return name ? { $ref: `#/components/schemas/${name}` } : written[inline.get(schema) ?? '']
  }
  const components = Object.fromEntries([...schemas.values()].map((name) => [name, written[name]]))
  return {
    openapi: '3.1.0',
    info: { title: 'Groundwork', version, description: 'Workflows for grounded image generation.' },
    paths: pathsOf(routes, refer),
    components: { schemas: components, securitySchemes },
  }
}

/** What a program shows; a browser has the cookie of its session instead. */
const securitySchemes: Json = {
  token: {
    type: 'http',
    scheme: 'bearer',
    description: 'The token of the server; one without a token trusts whoever reaches it',
  },
}

/** What stands before every route answers as well: the Host, the session, the bounds, the checks of what was sent. */
const refused: AnswerSpec = { description: 'Refused before it was looked at, or failed', schema: errorAnswer }

function schemasOf({ params, query, body, answers }: Route): z.ZodType[] {
  const ofBody = body?.kind === 'json' ? [body.schema] : []
  const ofAnswers = Object.values(answers).flatMap(({ schema }) => (schema ? [schema] : []))
  return [params, query, ...ofBody, ...ofAnswers].filter((schema) => schema !== undefined)
}

function nameInline(schema: z.ZodType, taken: Map<z.ZodType, string>, inline: Map<z.ZodType, string>): void {
  if (!taken.has(schema) && !inline.has(schema)) inline.set(schema, `inline${inline.size}`)
}

/** Every schema by its name; where one holds another that has a name, it refers to it. */
function writeSchemas(names: ReadonlyMap<z.ZodType, string>): Record<string, Json> {
  const registry = z.registry<{ id: string }>()
  for (const [schema, id] of names) registry.add(schema, { id })
  const { schemas } = z.toJSONSchema(registry, {
    uri: (id) => `#/components/schemas/${id}`,
    io: 'input',
    unrepresentable: 'any',
  })
  // The document itself says which JSON Schema it speaks, and where a schema stands is its name.
  const own = ([key]: [string, unknown]) => key !== '$schema' && key !== '$id'
  return Object.fromEntries(
    Object.entries(schemas).map(([id, schema]) => [
      id,
      Object.fromEntries(Object.entries(schema).filter(own)),
    ]),
  )
}

function pathsOf(routes: readonly Route[], refer: (schema: z.ZodType) => unknown): Json {
  const paths: Record<string, Record<string, Json>> = {}
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}')
    const operations = (paths[path] ??= {})
    operations[route.method.toLowerCase()] = operationOf(route, refer)
  }
  return paths
}

function operationOf(route: Route, refer: (schema: z.ZodType) => unknown): Json {
  const { summary, body, answers } = route
  const parameters = parametersOf(route, refer)
  return {
    summary,
    operationId: `${route.method.toLowerCase()}${route.path.replace(/[^A-Za-z0-9]+(\w)/g, (_all, letter: string) => letter.toUpperCase())}`,
    'x-access': route.access,
    security: route.access === 'user' ? [{ token: [] }, {}] : [],
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { required: true, content: contentOf(body, refer) } }),
    responses: Object.fromEntries(
      [...Object.entries(answers), ['default', refused] as const].map(([status, answer]) => [
        status,
        responseOf(answer, refer),
      ]),
    ),
  }
}

function parametersOf({ params, query, headers = {} }: Route, refer: (schema: z.ZodType) => unknown): Json[] {
  const properties = (place: 'path' | 'query', schema: z.ZodType | undefined): Json[] => {
    const written = schema && (refer(schema) as { properties?: Json; required?: string[] })
    return Object.entries(written?.properties ?? {}).map(([name, property]) => ({
      name,
      in: place,
      required: written?.required?.includes(name) ?? false,
      schema: property,
    }))
  }
  const ofHeaders = Object.entries(headers).map(([name, description]) => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string' },
  }))
  return [...properties('path', params), ...properties('query', query), ...ofHeaders]
}

function contentOf(body: BodySpec<unknown>, refer: (schema: z.ZodType) => unknown): Json {
  if (body.kind === 'json') return { 'application/json': { schema: refer(body.schema) } }
  return Object.fromEntries(body.types.map((type) => [type, {}]))
}

function responseOf({ description, schema, type }: AnswerSpec, refer: (schema: z.ZodType) => unknown): Json {
  if (schema) return { description, content: { 'application/json': { schema: refer(schema) } } }
  return { description, ...(type !== undefined && { content: { [type]: {} } }) }
}
