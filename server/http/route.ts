/** What an address of the API is: one entry, from which come its checks, its handler, its document and its tests. */
import type { Buffer } from 'node:buffer'
import { z } from 'zod'
import type { Fault } from '#workflows/fault.ts'
import type { Visitor } from '../access/gate.ts'
import { limits } from '../limits.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/**
 * Who may ask: `open` whoever reaches the server, `user` whoever may use it, `machine` only programs of this machine.
 * The Host and the Origin are checked before any of them.
 */
export type Access = 'open' | 'user' | 'machine'

export type BodySpec<Body> =
  | { readonly kind: 'json'; readonly schema: z.ZodType<Body> }
  | { readonly kind: 'bytes'; readonly types: readonly string[]; readonly limit: number }

/** What an answer holds: a schema, the media type of bytes, or nothing. */
export interface AnswerSpec {
  readonly description: string
  readonly schema?: z.ZodType
  readonly type?: string
}

export interface RouteRequest<Params, Query, Body> {
  readonly params: Params
  readonly query: Query
  readonly body: Body
  /** Who asks; nobody in particular where the route is open. */
  readonly visitor: Visitor | undefined
  /** A header of the request, by its lower-case name. */
  header(name: string): string | undefined
}

export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** A value, sent as JSON. */
  readonly json?: unknown
  /** Sent as they are; `Content-Type` is among the headers. */
  readonly bytes?: Uint8Array
}

export interface RouteSpec<Params, Query, Body> {
  readonly method: Method
  /** With names after colons: `/api/jobs/:job`. */
  readonly path: string
  readonly access: Access
  /** One line: what it does. */
  readonly summary: string
  readonly params?: z.ZodType<Params>
  readonly query?: z.ZodType<Query>
  readonly body?: BodySpec<Body>
  /** How often an address may ask it; without, only the bound of all requests holds. */
  readonly perMinute?: number
  /** Headers that it reads, with what they mean. */
  readonly headers?: Readonly<Record<string, string>>
  readonly answers: Readonly<Record<number, AnswerSpec>>
  handle(request: RouteRequest<Params, Query, Body>): Answer | Promise<Answer>
}

/** A route whose own types are checked already: the table holds these. */
export type Route = RouteSpec<unknown, unknown, unknown>

/** Checks that the handler fits its schemas, then forgets their types. */
export function route<Params, Query, Body>(spec: RouteSpec<Params, Query, Body>): Route {
  return spec as unknown as Route
}

export function json<Body>(schema: z.ZodType<Body>): BodySpec<Body> {
  return { kind: 'json', schema }
}

export function bytes(types: readonly string[], limit: number): BodySpec<Buffer> {
  return { kind: 'bytes', types, limit }
}

export function ok(value: unknown, status = 200): Answer {
  return { status, json: value }
}

/** The answer when something is in the way. */
export const errorAnswer = z.strictObject({
  error: z.strictObject({ code: z.string(), message: z.string() }),
  /** With the code `faults`: what is wrong with the workflow, each with its place. */
  faults: z
    .array(
      z.object({
        code: z.string(),
        path: z.array(z.union([z.string(), z.number()])),
        message: z.string(),
      }),
    )
    .optional(),
})

/** @param action what could not be done, such as `Cannot run the workflow`. */
export function faultsAnswer(action: string, faults: readonly Fault[]): Answer {
  const message = `${action}: it has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}`
  return { status: 422, json: { error: { code: 'faults', message }, faults } }
}

export function refusal(description: string): AnswerSpec {
  return { description, schema: errorAnswer }
}

export const bodyLimit = (body: BodySpec<unknown>): number =>
  body.kind === 'json' ? limits.jsonBytes : body.limit
