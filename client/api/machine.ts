/** What the server has: nodes, models, examples, pictures. */
import type { Catalogue } from '#nodes/node-info.ts'
import type { ExampleInfo, ModelInfo } from '#workflows/protocol.ts'
import { ask, reach, readJson } from './http.ts'

export interface StoredPicture {
  readonly picture: string
  readonly width: number
  readonly height: number
}

export async function fetchCatalogue(): Promise<Catalogue> {
  return (await ask('/api/nodes')) as Catalogue
}

export async function fetchExamples(): Promise<readonly ExampleInfo[]> {
  return (await ask('/api/examples')) as readonly ExampleInfo[]
}

export async function fetchModels(): Promise<readonly ModelInfo[]> {
  return (await ask('/api/models')) as readonly ModelInfo[]
}

/** Where a stored picture can be fetched. */
export function pictureUrl(id: string): string {
  return `/api/pictures/${encodeURIComponent(id)}`
}

export async function sendPicture(file: Blob): Promise<StoredPicture> {
  const headers = { 'content-type': file.type || 'application/octet-stream' }
  return (await readJson(
    await reach('/api/pictures', { method: 'POST', headers, body: file }),
  )) as StoredPicture
}
