/** `groundwork serve`: the editor in the browser, and the server behind it. */
import { buildEditor } from './build-editor.ts'
import { serverConfig } from '../config.ts'
import { checkPortIsFree, startServer } from '../main.ts'
import { print, type Command } from './command.ts'
import { machineFlags, noWord, readWords } from './flags.ts'

const command: Command = {
  usage: `Usage: groundwork serve [--port N] [--data DIR] [--models DIR]… [--device NAME]

  --port N       8199 by default; 0 takes any free one
  --data DIR     where pictures are kept, ./data of the project by default
  --models DIR   a folder of model folders, ./models of the project by default; may be repeated
  --device NAME  auto (default), cpu, webgpu, cuda, dml or coreml

Listens on 127.0.0.1 only. GROUNDWORK_LOG=info shows what it does.`,
  async run(words) {
    const { values, positionals } = readWords(words, { ...machineFlags, port: { type: 'string' } })
    noWord(positionals)
    const config = serverConfig(values)
    await checkPortIsFree(config.port)
    await buildEditor(config.clientDir)
    const server = await startServer(config)
    print(`Groundwork is ready: ${server.url}`)
    await askedToStop()
    await server.close()
    return 0
  },
}

export default command

function askedToStop(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })
}
