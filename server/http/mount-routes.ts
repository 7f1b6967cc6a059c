/** Serves the table of routes: for each entry who may ask, what is read, and what is sent back. */
import express, { Router, type Request, type RequestHandler, type Response } from 'express'
import { z } from 'zod'
import type { Visitor } from '../access/gate.ts'
import { parseJson } from '../json.ts'
import { HttpError } from './http-error.ts'
import { bodyLimit, type Answer, type BodySpec, type Method, type Route } from './route.ts'

/** Decides who may ask a route, before anything of the request's body is read. */
export type RouteGuard = (route: Route) => readonly RequestHandler[]

export function mountRoutes(routes: readonly Route[], guard: RouteGuard = () => []): Router {
  const router = Router({ caseSensitive: true, strict: true })
  for (const route of routes) {
    const handlers = [...guard(route), ...bodyReader(route.body), handlerOf(route)]
    router[expressMethods[route.method]](route.path, ...handlers)
  }
  return router
}

const expressMethods = {
  GET: 'get',
  POST: 'post',
  PUT: 'put',
  PATCH: 'patch',
  DELETE: 'delete',
} as const satisfies Record<Method, string>

/** Whom the guard of the route let through. */
export function setVisitor(response: Response, visitor: Visitor): void {
  response.locals['visitor'] = visitor
}

function visitorOf(response: Response): Visitor | undefined {
  return response.locals['visitor'] as Visitor | undefined
}

function bodyReader(body: BodySpec<unknown> | undefined): RequestHandler[] {
  if (!body) return []
  const type = body.kind === 'json' ? ['application/json'] : [...body.types]
  return [express.raw({ type, limit: bodyLimit(body), inflate: false })]
}

function handlerOf(route: Route): RequestHandler {
  return async (request, response) => {
    const answer = await route.handle({
      params: checked(route.params, request.params, 'address'),
      query: checked(route.query, request.query, 'query'),
      body: route.body && bodyOf(route.body, request),
      visitor: visitorOf(response),
      header: (name) => request.get(name),
    })
    send(response, answer)
  }
}

function bodyOf(body: BodySpec<unknown>, request: Request): unknown {
  const types = body.kind === 'json' ? ['application/json'] : body.types
  if (!Buffer.isBuffer(request.body))
    throw new HttpError(
      415,
      'unknown-type',
      `Cannot read the request: its content type must be ${types.length > 1 ? 'one of ' : ''}${types.join(', ')}`,
    )
  return body.kind === 'json' ? checked(body.schema, parseJson(request.body), 'request') : request.body
}

function checked(schema: z.ZodType | undefined, value: unknown, what: string): unknown {
  if (!schema) return undefined
  const { success, data, error } = schema.safeParse(value)
  if (success) return data
  throw new HttpError(400, 'format', `Cannot read the ${what}: ${z.prettifyError(error)}`)
}

function send(response: Response, { status, headers = {}, json, bytes }: Answer): void {
  // What is asked of the API is kept by no browser, unless the route says so.
  response.status(status).set({ 'Cache-Control': 'no-store', ...headers })
  if (bytes) response.send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  else if (json === undefined) response.end()
  else response.json(json)
}
