/** The composition root: the only file that knows every part of the server. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Gate } from './access/gate.ts'
import { ownVersion, type ServerConfig } from './config.ts'
import { Metrics } from './health/metrics.ts'
import { readiness } from './health/readiness.ts'
import { createApp } from './http/app.ts'
import { cutterOf, hardened } from './http/connections.ts'
import { apiRoutes } from './http/routes.ts'
import type { Route } from './http/route.ts'
import { Dispatcher, type CreateRunner } from './jobs/dispatcher.ts'
import { JobDesk } from './jobs/job-desk.ts'
import { JobWatchers } from './jobs/job-watchers.ts'
import { openNodeTimes } from './jobs/node-times.ts'
import { SqliteQueue } from './jobs/sqlite-queue.ts'
import { WorkflowLibrary } from './library/workflow-library.ts'
import { limits } from './limits.ts'
import { PictureDecoder } from './pictures/picture-decoder.ts'
import { openPictureStore } from './pictures/picture-store.ts'
import { Supervisor } from './runner/supervisor.ts'
import { attachSockets } from './sockets/sockets.ts'
import { openStepStore } from './steps/step-store.ts'
import { openStore } from './store/store.ts'

export interface RunningServer {
  /** Such as `http://127.0.0.1:8199`. */
  readonly url: string
  readonly desk: JobDesk
  /** Every address of the API. */
  readonly routes: readonly Route[]
  /**
   * Starts no more jobs, gives the running one so long to end, then cuts every connection and ends the runner. A job that
   * has not ended runs after the next start.
   */
  close(graceMs?: number): Promise<void>
}

/** The port is in use. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError'
}

/**
 * Takes the data folder, starts the runner and, once it can work, listens on the one address it was told.
 *
 * @throws ConfigError when strangers could come in; FolderTakenError; PortTakenError; Error with the runner's words when it
 *   cannot work.
 */
export async function startServer(
  config: ServerConfig,
  createRunner: CreateRunner = (listener) => new Supervisor(config.runner, listener, limits),
): Promise<RunningServer> {
  const port = () => portOf(http)
  const gate = new Gate(config.reach, port)
  const store = await openStore(config.runner.dataDir)
  const pictures = await openPictureStore(config.runner.dataDir)
  const decoder = new PictureDecoder(limits)
  const queue = new SqliteQueue(store.database, limits)
  const watchers = new JobWatchers(limits)
  const metrics = new Metrics()
  const times = metrics.counted(openNodeTimes(store.database))
  const dispatcher = new Dispatcher(createRunner, { queue, watchers, times, bounds: limits })
  const desk = new JobDesk({ queue, watchers, dispatcher })
  const ready = readiness({
    store: () => desk.check(),
    runner() {
      if (!dispatcher.isRunnerUp) throw new Error('The runner is not up')
    },
  })
  const routes = apiRoutes({
    gate,
    health: { ready, metrics },
    desk,
    pictures,
    decoder,
    steps: openStepStore(config.runner.dataDir, limits),
    library: new WorkflowLibrary(store.database, limits),
    examplesDir: config.examplesDir,
    version: await ownVersion(),
  })
  const app = createApp({ gate, routes, metrics, clientDir: config.clientDir })
  const http = hardened(app, limits)
  const cutConnections = cutterOf(http)
  const io = attachSockets(http, desk, gate)
  metrics.watch({
    queue,
    isRunnerUp: () => dispatcher.isRunnerUp,
    socketCount: () => io.engine.clientsCount,
  })

  async function close(graceMs = 0): Promise<void> {
    await desk.stop(graceMs)
    http.close()
    const closed = io.close()
    // Sockets have been told by then; nobody who is slow to hear it, or to send the rest of a request, is waited for.
    setImmediate(cutConnections)
    await closed
    await decoder.close()
    await queue.close()
    store.close()
  }

  try {
    await desk.start()
    await listen(http, config.port, config.reach.address)
  } catch (error) {
    await close()
    throw error
  }
  return { url: urlOf(http), desk, routes, close }
}

/** @throws PortTakenError at once when something listens there already. */
export async function checkPortIsFree(port: number, address: string): Promise<void> {
  const probe = createServer()
  await listen(probe, port, address)
  await new Promise((resolve) => probe.close(resolve))
}

function listen(http: Server, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? portTaken(port) : error),
    )
    http.listen(port, address, resolve)
  })
}

function portTaken(port: number): PortTakenError {
  return new PortTakenError(
    `Cannot listen on port ${port}: another program does, perhaps another Groundwork; end it or choose a port with --port`,
  )
}

/** The address that a browser on this machine opens: one that listens everywhere is found at home too. */
function urlOf(http: Server): string {
  const { address, port, family } = http.address() as AddressInfo
  const home = { '0.0.0.0': '127.0.0.1', '::': '::1' }[address] ?? address
  return `http://${family === 'IPv6' ? `[${home}]` : home}:${port}`
}

function portOf(http: Server): number {
  return (http.address() as AddressInfo | null)?.port ?? 0
}
