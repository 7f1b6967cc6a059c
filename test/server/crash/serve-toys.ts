/** A real server of toy nodes in a process of its own, to be killed: `serve-toys.ts DIR`. SIGUSR2 kills its runner. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { onlyThisMachine } from '#server/access/reach.ts'
import { limits } from '#server/limits.ts'
import { startServer } from '#server/main.ts'
import { Supervisor } from '#server/runner/supervisor.ts'
import { toyNodesDir } from '../helpers/toy-nodes-dir.ts'

const dir = process.argv[2] ?? ''
const runner = {
  dataDir: join(dir, 'data'),
  modelDirs: [join(dir, 'models')],
  device: 'cpu',
  nodesDir: toyNodesDir,
}
const clientDir = join(dir, 'client')
await mkdir(clientDir, { recursive: true })

let supervisor: Supervisor | undefined
const config = { port: 0, reach: onlyThisMachine, clientDir, examplesDir: clientDir, runner }
const server = await startServer(config, (listener) => {
  supervisor = new Supervisor(runner, listener, limits)
  return supervisor
})
process.on('SIGUSR2', () => {
  if (supervisor?.pid) process.kill(supervisor.pid, 'SIGKILL')
})
process.once('SIGTERM', () => void server.close(limits.stopGraceMs))
process.stdout.write(`${server.url}\n`)
