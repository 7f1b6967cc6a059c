/** How the editor asks the server over HTTP. */

/** The server refused, or did not answer as agreed. */
export class HttpFailure extends Error {
  /** The server's own; `no-answer` where it cannot be reached, `no-reason` where it gave no sentence. */
  readonly code: string
  /** 0 without an answer. */
  readonly status: number
  /** What the server sent beside its sentence. */
  readonly body: unknown

  constructor(code: string, message: string, status: number, body: unknown) {
    super(message)
    this.name = 'HttpFailure'
    this.code = code
    this.status = status
    this.body = body
  }
}

export interface Ask {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Sent as JSON. */
  readonly json?: unknown
}

/**
 * Asks for JSON and gives what came, which the caller is to read with its schema.
 *
 * @throws HttpFailure with the server's sentence where it gave one.
 */
export async function ask(path: string, { method = 'GET', json }: Ask = {}): Promise<unknown> {
  const headers = {
    accept: 'application/json',
    ...(json !== undefined && { 'content-type': 'application/json' }),
  }
  const body = json === undefined ? null : JSON.stringify(json)
  return readJson(await reach(path, { method, headers, body }))
}

/**
 * The server's answer, whatever it is.
 *
 * @throws HttpFailure when there is none.
 */
export async function reach(path: string, request: RequestInit = {}): Promise<Response> {
  try {
    return await fetch(path, request)
  } catch {
    throw new HttpFailure('no-answer', `Cannot reach ${path}: the server does not answer`, 0, null)
  }
}

export async function readJson(response: Response): Promise<unknown> {
  const text = await response.text()
  const body = parsed(text)
  if (response.ok && (body !== undefined || text === '')) return body ?? null
  if (response.status === 401 && location.pathname !== '/sign-in') location.assign('/sign-in')
  const { status } = response
  const { error } = (body ?? {}) as { error?: { code?: string; message?: string } }
  if (error?.message) throw new HttpFailure(error.code ?? '', error.message, status, body)
  throw new HttpFailure('no-reason', `The server answered ${status}`, status, body ?? null)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
