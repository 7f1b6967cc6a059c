/** `groundwork models`: the models found on this machine. */
import { runnerOptions } from '../config.ts'
import { openModelShelf } from '../models/model-shelf.ts'
import { complain, print, printJson, type Command } from './command.ts'
import { jsonFlag, machineFlags, noWord, readWords } from './flags.ts'

const command: Command = {
  usage: `Usage: groundwork models [--models DIR]… [--json]

Prints id, kind, size in MB and content hash of every model folder (diffusers format) below the given folders, and the
adapters that LoadModel can put into it.
A folder that looks like a model but cannot be used is named on stderr.`,
  async run(words) {
    const { values, positionals } = readWords(words, { ...machineFlags, ...jsonFlag })
    noWord(positionals)
    const { modelDirs, device } = runnerOptions(values)
    const { models, unusable } = await openModelShelf(modelDirs, device).scan()
    for (const { id, adapter, message } of unusable)
      complain(`${adapter === undefined ? id : `${id}/${adapter}`}: ${message}`)
    if (values.json) printJson({ models })
    else if (models.length === 0) print(`No models below ${modelDirs.join(', ')}`)
    else
      for (const { id, kind, bytes, hash, adapters } of models) {
        print(`${id.padEnd(24)} ${kind.padEnd(18)} ${(bytes / 1e6).toFixed(1).padStart(9)} MB  ${hash}`)
        for (const adapter of adapters)
          print(
            `  ${adapter.name.padEnd(22)} ${adapter.kind.padEnd(18)} ${adapter.title} (${adapter.grounds.join(', ')})`,
          )
      }
    return 0
  },
}

export default command
