/** `groundwork serve`: the editor in the browser, and the server behind it. */
import { serverConfig } from '../config.ts'
import { limits } from '../limits.ts'
import { checkPortIsFree, startServer } from '../main.ts'
import { networkInterfaces } from 'node:os'
import { tokenVariable, type Reach } from '../access/reach.ts'
import { buildEditor } from './build-editor.ts'
import { complain, print, type Command } from './command.ts'
import { machineFlags, noWord, readWords } from './flags.ts'

const command: Command = {
  usage: `Usage: groundwork serve [--port N] [--data DIR] [--models DIR]… [--device NAME] [--memory GIB]
                        [--host ADDRESS --token [--allow-host NAME]…]

  --port N           8199 by default; 0 takes any free one
  --data DIR         where pictures are kept, ./data of the project by default
  --models DIR       a folder of model folders, ./models of the project by default; may be repeated
  --device NAME      auto (default), cpu, webgpu, cuda, dml or coreml
  --memory GIB       memory that a run may take; three quarters of the machine's by default (on Linux)
  --host ADDRESS     127.0.0.1 by default, which only this machine can reach; 0.0.0.0 is all its addresses
  --token            ask everybody for a token; needed with any other --host and with --allow-host. It is made at each start, unless the
                     variable GROUNDWORK_TOKEN holds one, and printed as a link
  --allow-host NAME  a name under which people reach it, such as that of a proxy; may be repeated

GROUNDWORK_LOG=info shows what it does.`,
  async run(words) {
    const { values, positionals } = readWords(words, { ...machineFlags, ...reachFlags })
    noWord(positionals)
    const config = serverConfig(values, process.env)
    // Whatever it makes is nobody else's to read.
    process.umask(0o077)
    // What it starts, nodes among it, has no use for the token.
    Reflect.deleteProperty(process.env, tokenVariable)
    await checkPortIsFree(config.port, config.reach.address)
    if (process.getuid?.() === 0) complain(asRoot)
    await buildEditor(config.clientDir)
    const server = await startServer(config)
    for (const line of welcome(server.url, config.reach)) print(line)
    await askedToStop()
    await server.close(limits.stopGraceMs)
    return 0
  },
}

export default command

const reachFlags = {
  port: { type: 'string' },
  memory: { type: 'string' },
  host: { type: 'string' },
  token: { type: 'boolean' },
  'allow-host': { type: 'string', multiple: true },
} as const

const asRoot =
  'Warning: Groundwork runs as root, a fault in it would be a fault of the whole machine; start it as a user of its own'

function welcome(url: string, { address, token }: Reach): string[] {
  const ready = `Groundwork is ready: ${url}`
  if (token === null) return [ready]
  const links = [url, ...fromOutside(url, address)].map((place) => `  ${place}/sign-in#token=${token}`)
  return [ready, 'Sign in with a link of these, and give it only to those who may use this server:', ...links]
}

/** Where others find a server that listens on all addresses. */
function fromOutside(url: string, address: string): string[] {
  if (address !== '0.0.0.0' && address !== '::') return []
  const addresses = Object.values(networkInterfaces()).flatMap((list = []) => list)
  const outer = addresses.filter(({ internal, family }) => !internal && family === 'IPv4')
  return outer.map(({ address }) => `http://${address}:${new URL(url).port}`)
}

function askedToStop(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })
}
