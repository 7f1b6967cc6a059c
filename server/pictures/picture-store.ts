/** The pictures of this machine, each a PNG named by the SHA-256 of its file. A path never comes from outside. */
import { createHash, randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pictureIdPattern } from '#workflows/protocol.ts'

export interface PictureStore {
  /** Stores a PNG and returns its id. What is not `kept` may be gone after the next start. */
  put(png: Uint8Array, options: { readonly kept: boolean }): Promise<string>
  /** The file of a picture; null when there is none of that id. */
  get(id: string): Promise<Buffer | null>
  /** Makes room: removes the oldest pictures that were only shown, until they take at most `bytes`. */
  trimShown(bytes: number): Promise<void>
}

/** Opens the store below the data folder, which is made if it is missing. */
export async function openPictureStore(dataDir: string): Promise<PictureStore> {
  const kept = join(dataDir, 'pictures')
  const shown = join(dataDir, 'shown')
  for (const dir of [kept, shown]) await mkdir(dir, { recursive: true, mode: 0o700 })
  return {
    async put(png, options) {
      const id = createHash('sha256').update(png).digest('hex')
      await writeOnce(options.kept ? kept : shown, id, png)
      return id
    },
    async get(id) {
      if (!pictureIdPattern.test(id)) return null
      return (await readPlainFile(fileOf(kept, id))) ?? (await readPlainFile(fileOf(shown, id)))
    },
    trimShown: (bytes) => trim(shown, bytes),
  }
}

function fileOf(dir: string, id: string): string {
  return join(dir, `${id}.png`)
}

/** Written beside and renamed, so that a reader never sees half a file. */
async function writeOnce(dir: string, id: string, png: Uint8Array): Promise<void> {
  const draft = join(dir, `${randomUUID()}.part`)
  await writeFile(draft, png, { mode: 0o600 })
  await rename(draft, fileOf(dir, id))
}

/** Follows no link, so that nothing outside the folder is ever read. */
async function readPlainFile(path: string): Promise<Buffer | null> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch((error: unknown) => {
    if (isErrno(error) && (error.code === 'ENOENT' || error.code === 'ELOOP')) return null
    throw error
  })
  if (!file) return null
  return file.readFile().finally(() => file.close())
}

function isErrno(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error
}

async function trim(dir: string, bytes: number): Promise<void> {
  const names = await readdir(dir)
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(dir, name)
      const { size, mtimeMs } = await stat(path)
      return { path, size, mtimeMs }
    }),
  )
  files.sort((a, b) => b.mtimeMs - a.mtimeMs)
  let total = 0
  for (const { path, size } of files) if ((total += size) > bytes) await rm(path, { force: true })
}
