/** How the editor asks the server over HTTP. */

/** The server refused, or did not answer as agreed. */
export class HttpFailure extends Error {
  readonly status: number
  /** What the server sent beside its sentence. */
  readonly body: unknown

  constructor(message: string, status: number, body: unknown) {
    super(message)
    this.name = 'HttpFailure'
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
  return readJson(await fetch(path, { method, headers, body }))
}

export async function readJson(response: Response): Promise<unknown> {
  const text = await response.text()
  const body = parsed(text)
  if (response.ok && (body !== undefined || text === '')) return body ?? null
  if (response.status === 401 && location.pathname !== '/sign-in') location.assign('/sign-in')
  const sentence = (body as { error?: { message?: string } } | undefined)?.error?.message
  const plain = `The server answered ${response.status} ${response.statusText}`.trim()
  throw new HttpFailure(sentence ?? plain, response.status, body ?? null)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
