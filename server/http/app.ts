/** The HTTP side: the built editor as files, and the API below `/api`. */
import { join } from 'node:path'
import express, { type Express, type RequestHandler } from 'express'
import helmet from 'helmet'
import { refusalOf } from './guard.ts'
import { answerErrors, HttpError, unknownRoute } from './http-error.ts'
import { mountRoutes } from './mount-routes.ts'
import type { Route } from './route.ts'

export interface AppParts {
  readonly routes: readonly Route[]
  /** Folder of the built editor. */
  readonly clientDir: string
  /** The port it listens on, once it does. */
  port(): number
}

export function createApp({ routes, clientDir, port }: AppParts): Express {
  const app = express()
  app.disable('x-powered-by')
  app.set('query parser', 'simple')
  app.use(headers, guard(port), mountRoutes(routes))
  app.use('/api', unknownRoute)
  app.use(
    '/assets',
    express.static(join(clientDir, 'assets'), { immutable: true, maxAge: '1y', fallthrough: false }),
  )
  app.use(express.static(clientDir, { dotfiles: 'ignore' }))
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
    },
  },
  // Loopback is served without TLS; a browser told otherwise would refuse every other server on this name.
  strictTransportSecurity: false,
})

function guard(port: () => number): RequestHandler {
  return (request, _response, next) => {
    const refusal = refusalOf(request.headers, port())
    if (refusal) throw new HttpError(403, refusal.code, refusal.message)
    next()
  }
}
