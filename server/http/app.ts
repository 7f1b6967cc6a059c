/** The HTTP side: the built editor as files, and the API below `/api`. */
import { join } from 'node:path'
import express, { type Express, type RequestHandler } from 'express'
import helmet from 'helmet'
import { isTurned, type Gate } from '../access/gate.ts'
import type { Metrics } from '../health/metrics.ts'
import { admit, boundRequests, refuseForeigners } from './entry.ts'
import { answerErrors, unknownRoute } from './http-error.ts'
import { mountRoutes, type RouteGuard } from './mount-routes.ts'
import type { Route } from './route.ts'

export interface AppParts {
  readonly gate: Gate
  readonly routes: readonly Route[]
  readonly metrics: Metrics
  /** Folder of the built editor. */
  readonly clientDir: string
}

export function createApp({ gate, routes, metrics, clientDir }: AppParts): Express {
  const admitted = admit(gate)
  const guard: RouteGuard = (route) => [timed(route, metrics), ...admitted(route)]
  const app = express()
  app.disable('x-powered-by')
  app.set('query parser', 'simple')
  app.use(headers, refuseForeigners(gate), boundRequests(gate), mountRoutes(routes, guard))
  app.use('/api', unknownRoute)
  app.use(
    '/assets',
    express.static(join(clientDir, 'assets'), {
      immutable: true,
      maxAge: '1y',
      fallthrough: false,
      redirect: false,
    }),
  )
  app.get(['/', '/index.html'], askToSignIn(gate))
  app.use(express.static(clientDir, { dotfiles: 'ignore', extensions: ['html'], redirect: false }))
  app.use(unknownRoute, answerErrors)
  return app
}

const headers = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      'default-src': ["'self'"],
      'img-src': ["'self'", 'blob:', 'data:'],
      'connect-src': ["'self'"],
      'style-src': ["'self'", "'unsafe-inline'"],
      'object-src': ["'none'"],
      'frame-ancestors': ["'none'"],
      'base-uri': ["'none'"],
      'form-action': ["'self'"],
    },
  },
  // Loopback is served without TLS; a browser told otherwise would refuse every other server on this name.
  strictTransportSecurity: false,
})

/** Counts the answers of a route under its place in the table, never under what was asked. */
function timed({ method, path }: Route, metrics: Metrics): RequestHandler {
  return (_request, response, next) => {
    const begin = performance.now()
    response.once('finish', () =>
      metrics.answered(`${method} ${path}`, response.statusCode, (performance.now() - begin) / 1000),
    )
    next()
  }
}

/** The editor is no secret, but of no use without the API: whoever has not signed in is sent to where one can. */
function askToSignIn(gate: Gate): RequestHandler {
  return (request, response, next) => {
    if (isTurned(gate.visitor(request))) response.redirect(303, '/sign-in')
    else next()
  }
}
