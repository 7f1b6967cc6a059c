/** A real server as a person starts it, on a free port and an empty data folder. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface Served {
  readonly url: string
  /** Kills the process that runs the model, as a crash in native code would. */
  killRunner(): void
  /** Ends the server as a loss of power would, runner and all. */
  crash(): Promise<void>
  /** Starts it again on the same port with the same data. */
  start(): Promise<void>
  stop(): Promise<void>
}

const root = fileURLToPath(new URL('../../', import.meta.url))

/** A name of this machine that browsers take for another's: over plain http they trust it less than a loopback address. */
export const otherName = 'groundwork.test'

/** Starts `groundwork serve` and resolves when it says that it is ready; with a token, people may come by the other name too. */
export async function serve(token?: string): Promise<Served> {
  const port = await freePort()
  const data = await mkdtemp(join(tmpdir(), 'groundwork-'))
  const url = `http://127.0.0.1:${port}`
  let child = await startAt(port, data, token)
  return {
    url,
    killRunner() {
      process.kill(runnerOf(child.pid), 'SIGKILL')
    },
    async crash() {
      const runner = runnerOf(child.pid)
      await ended(child, 'SIGKILL')
      // Without its server a runner ends by itself; the next server is not to wait for that.
      if (isAlive(runner)) process.kill(runner, 'SIGKILL')
    },
    async start() {
      child = await startAt(port, data, token)
    },
    async stop() {
      if (child.exitCode === null && child.signalCode === null) await ended(child, 'SIGTERM')
      await rm(data, { recursive: true, force: true })
    },
  }
}

async function startAt(port: number, data: string, token?: string): Promise<ChildProcess> {
  const words = ['serve', '--port', String(port), '--data', data, '--device', 'cpu']
  if (token !== undefined) words.push('--allow-host', otherName)
  const child = spawn(process.execPath, ['server/cli/groundwork.js', ...words], {
    cwd: root,
    env: { ...plainEnvironment(), ...(token !== undefined && { GROUNDWORK_TOKEN: token }) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  await ready(child, `http://127.0.0.1:${port}`)
  return child
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill(signal)
  await gone
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** The environment without what the test runner adds: a person's shell does not say NODE_ENV=test. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const { ...environment } = process.env
  delete environment['NODE_ENV']
  delete environment['VITEST']
  return environment
}

function ready(child: ChildProcess, url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    const listen = (chunk: Buffer): void => {
      said += chunk.toString()
      if (said.includes(url)) resolve()
    }
    child.stdout?.on('data', listen)
    child.stderr?.on('data', listen)
    child.once('exit', (code) => {
      reject(new Error(`The server ended with ${code} before it was ready:\n${said}`))
    })
  })
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => {
        resolve(port)
      })
    })
  })
}

function runnerOf(server: number | undefined): number {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args=']).toString().split('\n')
  for (const line of lines) {
    const [, pid, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []
    if (Number(parent) === server && command?.includes('runner')) return Number(pid)
  }
  throw new Error('Cannot kill the runner: the server has no such child process')
}
