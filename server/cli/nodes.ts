/** `groundwork nodes`: what a workflow can be made of. */
import { runnerOptions } from '../config.ts'
import { catalogueOf, loadRegistry } from '../registry.ts'
import { openWorkbench } from '../runner/workbench.ts'
import { print, printJson, type Command } from './command.ts'
import { jsonFlag, machineFlags, noWord, readWords } from './flags.ts'
import { nodesMarkdown } from './nodes-markdown.ts'

const command: Command = {
  usage: `Usage: groundwork nodes [--json | --markdown]

With --json the whole catalogue: ports, parameters, bounds and defaults. With --markdown the same as a page to read, without
what only this machine knows.`,
  async run(words) {
    const { values, positionals } = readWords(words, {
      ...machineFlags,
      ...jsonFlag,
      markdown: { type: 'boolean', default: false },
    })
    noWord(positionals)
    if (values.markdown) {
      const registry = await loadRegistry(runnerOptions(values).nodesDir)
      print(nodesMarkdown(catalogueOf(registry, { models: [], adapters: [] })).trimEnd())
      return 0
    }
    const { catalogue } = await (await openWorkbench(runnerOptions(values))).describe()
    if (values.json) printJson(catalogue)
    else
      for (const { type, title, description } of Object.values(catalogue))
        print(`${type.padEnd(26)} ${title.padEnd(18)} ${description}`)
    return 0
  },
}

export default command
