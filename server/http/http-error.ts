/** An answer that is not the one asked for: a status, a code for programs, a sentence for people. */
import type { ErrorRequestHandler, RequestHandler } from 'express'
import { BusyError } from '../busy-error.ts'
import { JsonError } from '../json.ts'
import { log } from '../log.ts'
import { PictureError } from '../pictures/picture-file.ts'
import { StoreFullError } from '../store/database.ts'

export class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** Answers 404 as JSON. */
export const unknownRoute: RequestHandler = (request) => {
  throw new HttpError(
    404,
    'unknown-route',
    `Cannot ${request.method} ${request.baseUrl}${request.path}: there is no such address`,
  )
}

/** Turns whatever was thrown into `{ error: { code, message } }`; what is not known stays in the log. */
export const answerErrors: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (response.headersSent) return next(error)
  const { status, code, message } = asHttpError(error)
  if (error instanceof BusyError) response.set('Retry-After', '2')
  else if (status >= 500) log.error({ err: error }, 'request failed')
  response.status(status).set('Cache-Control', 'no-store').json({ error: { code, message } })
}

function asHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error
  if (error instanceof JsonError || error instanceof PictureError)
    return new HttpError(
      error.code === 'too-large' || error.code === 'too-slow' ? 413 : 400,
      error.code,
      error.message,
    )
  if (error instanceof BusyError) return new HttpError(503, 'busy', error.message)
  if (error instanceof StoreFullError) return new HttpError(507, 'disk-full', error.message)
  if (isDiskFull(error))
    return new HttpError(507, 'disk-full', 'Cannot store it: the disk is full, make room and try again')
  const status = statusOf(error)
  if (status === 404) return new HttpError(404, 'unknown-route', 'Cannot find the file')
  if (status === 413) return new HttpError(413, 'too-large', 'Cannot take the request: its body is too large')
  if (status !== null && status < 500) return new HttpError(status, 'bad-request', 'Cannot read the request')
  return new HttpError(500, 'internal', 'Cannot answer: the server met an unexpected error, see its log')
}

/** What the file system says when it has no more room, for everybody or for this user. */
function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')
}

/** The status that express and its body parsers put on their errors. */
function statusOf(error: unknown): number | null {
  if (!(error instanceof Error) || !('status' in error)) return null
  return typeof error.status === 'number' ? error.status : null
}
