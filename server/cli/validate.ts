/** `groundwork validate`: says everything that is wrong with a workflow file. */
import { idleFaults } from '#workflows/plan.ts'
import { validateWorkflow } from '#workflows/validate.ts'
import { runnerOptions } from '../config.ts'
import { openWorkbench } from '../runner/workbench.ts'
import { print, printJson, type Command } from './command.ts'
import { countFaults, faultLines } from './fault-lines.ts'
import { jsonFlag, machineFlags, onlyWord, readWords } from './flags.ts'
import { readWorkflowFile } from './workflow-file.ts'

const command: Command = {
  usage: `Usage: groundwork validate FILE [--models DIR]… [--json]

FILE is a workflow as JSON, or a PNG that Groundwork saved.
The whole file is judged; 'groundwork run' only asks that what it runs has no faults.
Exit code: 0 when it has no faults and something to run, 1 otherwise.`,
  async run(words) {
    const { values, positionals } = readWords(words, { ...machineFlags, ...jsonFlag })
    const path = onlyWord(positionals, 'the workflow file')
    const json = await readWorkflowFile(path)
    const bench = await openWorkbench(runnerOptions(values))
    const { catalogue } = await bench.describe()
    const { plan, faults: found } = validateWorkflow(json, catalogue)
    const faults = plan ? idleFaults(plan) : found
    const ok = faults.length === 0
    if (values.json) printJson({ ok, file: path, faults })
    else if (ok) print(`${path}: no faults`)
    else print([`${path}: ${countFaults(faults)}`, ...faultLines(faults)].join('\n  '))
    return ok ? 0 : 1
  },
}

export default command
