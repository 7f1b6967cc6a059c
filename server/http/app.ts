/** The HTTP side: the built editor as files, and the API below `/api`. */
import { join } from 'node:path'
import express, { type Express, type RequestHandler } from 'express'
import helmet from 'helmet'
import { isTurned, type Gate } from '../access/gate.ts'
import { admit, boundRequests, refuseForeigners } from './entry.ts'
import { answerErrors, unknownRoute } from './http-error.ts'
import { mountRoutes } from './mount-routes.ts'
import type { Route } from './route.ts'

export interface AppParts {
  readonly gate: Gate
  readonly routes: readonly Route[]
  /** Folder of the built editor. */
  readonly clientDir: string
}

export function createApp({ gate, routes, clientDir }: AppParts): Express {
  const app = express()
  app.disable('x-powered-by')
  app.set('query parser', 'simple')
  app.use(headers, refuseForeigners(gate), boundRequests(gate), mountRoutes(routes, admit(gate)))
  app.use('/api', unknownRoute)
  app.use(
    '/assets',
    express.static(join(clientDir, 'assets'), { immutable: true, maxAge: '1y', fallthrough: false }),
  )
  app.get(['/', '/index.html'], askToSignIn(gate))
  app.use(express.static(clientDir, { dotfiles: 'ignore', extensions: ['html'] }))
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

/** The editor is no secret, but of no use without the API: whoever has not signed in is sent to where one can. */
function askToSignIn(gate: Gate): RequestHandler {
  return (request, response, next) => {
    if (isTurned(gate.visitor(request))) response.redirect(303, '/sign-in')
    else next()
  }
}
