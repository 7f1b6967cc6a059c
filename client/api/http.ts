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

async function getJson<T>(path: string): Promise<T> {
  return readJson(await fetch(path, { headers: { accept: 'application/json' } }))
}

/** @throws Error with the server's sentence where it gave one. */
async function readJson<T>(response: Response): Promise<T> {
  const body: unknown = await response.json().catch(() => null)
  if (response.ok && body !== null) return body as T
  const sentence = (body as { error?: { message?: string } } | null)?.error?.message
  throw new Error(sentence ?? `The server answered ${response.status} ${response.statusText}`.trim())
}
