/** `groundwork nodes`: what a workflow can be made of. */
import { runnerOptions } from '../config.ts'
import { openWorkbench } from '../runner/workbench.ts'
import { print, printJson, type Command } from './command.ts'
import { jsonFlag, machineFlags, noWord, readWords } from './flags.ts'

const command: Command = {
  usage: `Usage: groundwork nodes [--json]

With --json the whole catalogue: ports, parameters, bounds and defaults.`,
  async run(words) {
    const { values, positionals } = readWords(words, { ...machineFlags, ...jsonFlag })
    noWord(positionals)
    const { catalogue } = await (await openWorkbench(runnerOptions(values))).describe()
    if (values.json) printJson(catalogue)
    else
      for (const { type, title, description } of Object.values(catalogue))
        print(`${type.padEnd(26)} ${title.padEnd(18)} ${description}`)
    return 0
  },
}

export default command
