/** The pictures of this machine, each a PNG named by the SHA-256 of its file. A path never comes from outside. */
import { createHash, randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pictureIdPattern } from '#workflows/protocol.ts'
import { limits } from '../limits.ts'

export interface PictureStore {
  /** Stores a PNG and returns its id. What is not `kept` goes when newer pictures need its room. */
  put(png: Uint8Array, options: { readonly kept: boolean }): Promise<string>
  /** The file of a picture; null when there is none of that id. */
  get(id: string): Promise<Buffer | null>
}

/** Drafts older than this were left behind by a process that ended while it wrote. */
const draftMs = 3_600_000

/** How much of their room shown pictures keep when the oldest go, so that not every new one has the folder read. */
const keptShare = 7 / 8

/**
 * Opens the store below the data folder, which is made if it is missing.
 *
 * @param bounds.shownPicturesBytes what the pictures that were only shown may take
 */
export async function openPictureStore(
  dataDir: string,
  { shownPicturesBytes }: { readonly shownPicturesBytes: number } = limits,
): Promise<PictureStore> {
  const kept = join(dataDir, 'pictures')
  const shown = join(dataDir, 'shown')
  for (const dir of [kept, shown]) {
    await mkdir(dir, { recursive: true, mode: 0o700 })
    await removeDrafts(dir)
  }
  let shownBytes = await trim(shown, shownPicturesBytes)
  return {
    async put(png, options) {
      const id = createHash('sha256').update(png).digest('hex')
      await writeOnce(options.kept ? kept : shown, id, png)
      if (!options.kept) shownBytes += png.length
      if (shownBytes > shownPicturesBytes) shownBytes = await trim(shown, shownPicturesBytes * keptShare)
      return id
    },
    async get(id) {
      if (!pictureIdPattern.test(id)) return null
      return (await readPlainFile(fileOf(kept, id))) ?? (await readPlainFile(fileOf(shown, id)))
    },
  }
}

const draftEnding = '.part'

function fileOf(dir: string, id: string): string {
  return join(dir, `${id}.png`)
}

/** Written beside and renamed, so that a reader never sees half a file. */
async function writeOnce(dir: string, id: string, png: Uint8Array): Promise<void> {
  const draft = join(dir, `${randomUUID()}${draftEnding}`)
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

async function removeDrafts(dir: string): Promise<void> {
  const drafts = await measure(dir, draftEnding)
  for (const { path, mtimeMs } of drafts) if (mtimeMs < Date.now() - draftMs) await rm(path, { force: true })
}

/** Removes the oldest pictures until the rest takes at most `bytes`; how many they take then. */
async function trim(dir: string, bytes: number): Promise<number> {
  const files = (await measure(dir, '.png')).toSorted((a, b) => b.mtimeMs - a.mtimeMs)
  let [total, isFull] = [0, false]
  for (const { path, size } of files) {
    isFull ||= total + size > bytes
    if (isFull) await rm(path, { force: true })
    else total += size
  }
  return total
}

/** The files of a folder with that ending. One that another process has taken away meanwhile is none. */
async function measure(dir: string, ending: string) {
  const names = (await readdir(dir)).filter((name) => name.endsWith(ending))
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(dir, name)
      const info = await stat(path).catch((error: unknown) => {
        if (isErrno(error) && error.code === 'ENOENT') return null
        throw error
      })
      return info ? [{ path, size: info.size, mtimeMs: info.mtimeMs }] : []
    }),
  )
  return files.flat()
}
