/** Writes the pictures of a run as files with readable names, and never over something else. */
import { mkdir, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CliError } from './command.ts'

const mostNames = 10_000

/**
 * Writes a PNG as `<stem>.png`. A file of that name with other content stays: then it is `<stem>-2.png` and so on. A file
 * with the same content is left as it is.
 *
 * @returns the path of the file that now holds the PNG.
 */
export async function writePicture(dir: string, stem: string, png: Uint8Array): Promise<string> {
  try {
    await mkdir(dir, { recursive: true })
    for (let count = 1; count <= mostNames; count++) {
      const path = join(dir, count === 1 ? `${stem}.png` : `${stem}-${count}.png`)
      if (await claim(path, png)) return path
    }
  } catch (error) {
    throw new CliError(`Cannot write to '${dir}': ${error instanceof Error ? error.message : String(error)}`)
  }
  throw new CliError(`Cannot write to '${dir}': it holds ${mostNames} pictures named '${stem}' already`)
}

/** Whether the file now holds exactly the PNG. */
async function claim(path: string, png: Uint8Array): Promise<boolean> {
  const file = await open(path, 'wx').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') return null
    throw error
  })
  if (!file) return (await readFile(path)).equals(png)
  await file.writeFile(png).finally(() => file.close())
  return true
}

/** A file name that is the same on every system: words joined by `-`, without what a path could be made of. */
export function stemOf(name: string, seed: string | null): string {
  const words = name
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}_.-]+/gu, '-')
    .replace(/^[.-]+|[.-]+$/g, '')
  return seed === null ? words || 'picture' : `${words || 'picture'}-${seed}`
}
