/** What the editor asks of the server over HTTP. */
import type { Catalogue } from '#nodes/node-info.ts'
import type { ExampleInfo } from '#workflows/protocol.ts'

export interface StoredPicture {
  readonly picture: string
  readonly width: number
  readonly height: number
}

export function fetchCatalogue(): Promise<Catalogue> {
  return getJson('/api/nodes')
}

export function fetchExamples(): Promise<readonly ExampleInfo[]> {
  return getJson('/api/examples')
}

/** Where a stored picture can be fetched. */
export function pictureUrl(id: string): string {
  return `/api/pictures/${encodeURIComponent(id)}`
}

export async function sendPicture(file: Blob): Promise<StoredPicture> {
  const headers = { 'content-type': file.type || 'application/octet-stream' }
  return readJson(await fetch('/api/pictures', { method: 'POST', headers, body: file }))
}

/** Shows the server a token. Too many tries a minute are not looked at. */
export async function signIn(token: string): Promise<'in' | 'wrong' | 'too-many'> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch('/api/session', { method: 'POST', headers, body: JSON.stringify({ token }) })
  if (response.ok) return 'in'
  if (response.status === 401) return 'wrong'
  if (response.status === 429) return 'too-many'
  return await readJson(response)
}

/** Whether the server would answer: it asks for no token, or has seen it. */
export async function isSignedIn(): Promise<boolean> {
  return (await fetch('/api/session')).status !== 401
}

/** Opens the page where one signs in, when the reason for a silent line is that the session has ended. */
export async function signInAgain(): Promise<void> {
  if (!(await isSignedIn().catch(() => true))) location.assign('/sign-in')
}

async function getJson<T>(path: string): Promise<T> {
  return readJson(await fetch(path, { headers: { accept: 'application/json' } }))
}

/** @throws Error with the server's sentence where it gave one. */
async function readJson<T>(response: Response): Promise<T> {
  const body: unknown = await response.json().catch(() => null)
  if (response.ok && body !== null) return body as T
  if (response.status === 401 && location.pathname !== '/sign-in') location.assign('/sign-in')
  const sentence = (body as { error?: { message?: string } } | null)?.error?.message
  throw new Error(sentence ?? `The server answered ${response.status} ${response.statusText}`.trim())
}
