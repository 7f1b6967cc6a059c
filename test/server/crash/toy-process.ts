/** Starts a toy server in a process of its own, on a folder that outlives it. */
import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { childExecArgv } from '#server/runner/exec-argv.ts'

const entry = fileURLToPath(new URL('./serve-toys.ts', import.meta.url))

export interface ToyProcess {
  readonly child: ChildProcess
  /** Resolves with the address once it listens; null when it ended before that. */
  readonly ready: Promise<string | null>
  /** Resolves with the exit code, or null after a signal. */
  readonly ended: Promise<number | null>
}

export const marksIn = (dir: string): string => join(dir, 'marks.txt')

export function spawnToyServer(dir: string): ToyProcess {
  const child = spawn(process.execPath, [...childExecArgv(), entry, dir], {
    stdio: ['ignore', 'pipe', process.env['GROUNDWORK_LOG'] ? 'inherit' : 'ignore'],
    env: { ...process.env, TOY_MARKS: marksIn(dir) },
  })
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  const ready = new Promise<string | null>((resolve) => {
    let said = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said.includes('\n')) resolve(said.trim())
    })
    void ended.then(() => resolve(null))
  })
  return { child, ready, ended }
}
