/** The API described: for programs and for people. */
import { z } from 'zod'
import { docsPage } from './docs-page.ts'
import { openApi } from './openapi.ts'
import { ok, route, type Route } from './route.ts'

/** @param others gives every other route; these two add themselves. */
export function docsRoutes(others: readonly Route[], version: string): Route[] {
  const routes: Route[] = [
    route({
      method: 'GET',
      path: '/api/openapi.json',
      access: 'user',
      summary: 'This API as an OpenAPI 3.1 document.',
      answers: { 200: { description: 'The document', schema: z.record(z.string(), z.unknown()) } },
      handle: () => ok(openApi([...others, ...routes], version)),
    }),
    route({
      method: 'GET',
      path: '/api/docs',
      access: 'user',
      summary: 'This API as a page to read.',
      answers: { 200: { description: 'The page', type: 'text/html' } },
      handle: () => ({
        status: 200,
        headers: { 'Content-Type': 'text/html; charset=utf-8' },
        bytes: Buffer.from(docsPage([...others, ...routes])),
      }),
    }),
  ]
  return routes
}
