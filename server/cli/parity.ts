/** `groundwork parity`: compares the networks of a model with the numbers that PyTorch gave. */
import { runParity } from '#inference/parity.ts'
import { print, printJson, type Command } from './command.ts'
import { jsonFlag, onlyWord, readWords } from './flags.ts'

const command: Command = {
  usage: `Usage: groundwork parity DIR [--json]

DIR is a model folder with recorded inputs and outputs beside it.
Exit code: 0 when every relative error is at most 1e-4, 1 otherwise.`,
  async run(words) {
    const { values, positionals } = readWords(words, jsonFlag)
    const rows = await runParity(onlyWord(positionals, 'the folder'))
    const ok = rows.length > 0 && rows.every((row) => row.ok)
    if (values.json) printJson({ ok, outputs: rows })
    else
      for (const row of rows)
        print(
          `${row.network.padEnd(16)} ${row.output.padEnd(24)} ${row.relativeError.toExponential(2).padStart(10)}  ${row.ok ? 'ok' : 'differs'}`,
        )
    return ok ? 0 : 1
  },
}

export default command
