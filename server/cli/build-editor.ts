/** Builds the editor when there is none yet, or when its sources are newer. */
import { spawn } from 'node:child_process'
import { readdir, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { projectDir } from '../config.ts'
import { CliError, print } from './command.ts'

/** What the editor is made of, below the project. */
const sources = ['client', 'workflows', 'nodes', 'package-lock.json']
const notSources = new Set(['dist', 'node_modules'])

/** @throws CliError when it is needed and fails. */
export async function buildEditor(clientDir: string): Promise<void> {
  const built = await timeOf(join(clientDir, 'index.html'))
  const newest = Math.max(...(await Promise.all(sources.map((path) => newestBelow(join(projectDir, path))))))
  if (built >= newest) return
  print('Building the editor …')
  await vite(['build', 'client', '--logLevel', 'warn'])
}

/** When a file was written, in milliseconds; 0 when there is none. */
async function timeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => null))?.mtimeMs ?? 0
}

async function newestBelow(path: string): Promise<number> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => null)
  if (!entries) return timeOf(path)
  const times = entries
    .filter(({ name }) => !notSources.has(name))
    .map((entry) =>
      entry.isDirectory() ? newestBelow(join(path, entry.name)) : timeOf(join(path, entry.name)),
    )
  return Math.max(0, ...(await Promise.all(times)))
}

/** In a process of its own, which gives back the memory that a build takes. */
async function vite(words: readonly string[]): Promise<void> {
  const entry = viteEntry()
  const code = await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [entry, ...words], {
      cwd: projectDir,
      env: { ...process.env, NODE_ENV: 'production' },
      stdio: ['ignore', 2, 2],
    })
    child.once('error', reject)
    child.once('exit', resolve)
  })
  if (code !== 0) throw new CliError('Cannot build the editor, see above')
}

function viteEntry(): string {
  try {
    const manifest = createRequire(import.meta.url).resolve('vite/package.json')
    return join(dirname(manifest), 'bin', 'vite.js')
  } catch {
    throw new CliError("Cannot build the editor: its tools are not installed, run 'npm install'")
  }
}
