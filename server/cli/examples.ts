/** `groundwork examples`: runs every example and draws what it shows, for `workflows/README.md`. */
import { readdir, readFile, writeFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { decodePicture, encodePng } from '#inference/pictures.ts'
import { drawGrid } from '#nodes/draw-grid.ts'
import { workflowSchema, type Workflow } from '#workflows/format.ts'
import { projectDir, runnerOptions } from '../config.ts'
import { openWorkbench, type MadePicture, type Workbench } from '../runner/workbench.ts'
import { CliError, complain, print, type Command } from './command.ts'
import { machineFlags, readWords } from './flags.ts'

const command: Command = {
  usage: `Usage: groundwork examples [NAME]… [--out DIR] [--device NAME]

Runs the examples of this version, all of them or those named, and writes one picture of each to DIR, docs/examples by default:
what the example shows, side by side, or the grid of its sweep.`,
  async run(words) {
    const { values, positionals } = readWords(words, {
      ...machineFlags,
      out: { type: 'string', default: join('docs', 'examples') },
    })
    const examplesDir = join(projectDir, 'workflows', 'examples')
    const made: MadePicture[] = []
    const bench = await openWorkbench(runnerOptions(values), (picture) => made.push(picture))
    await mkdir(values.out, { recursive: true })
    try {
      for (const [name, workflow] of await readExamples(examplesDir, positionals)) {
        made.length = 0
        await runExample(bench, name, workflow)
        const path = join(values.out, `${name}.png`)
        await writeFile(path, await drawn(workflow, made))
        print(path)
      }
    } finally {
      await bench.close()
    }
    return 0
  },
}

export default command

async function readExamples(dir: string, wanted: readonly string[]): Promise<[string, Workflow][]> {
  const names = (await readdir(dir)).filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -5))
  const stray = wanted.find((name) => !names.includes(name))
  if (stray !== undefined)
    throw new CliError(`Cannot draw example '${stray}': there are ${names.sort().join(', ')}`)
  const chosen = wanted.length > 0 ? wanted : names.sort()
  return Promise.all(
    chosen.map(async (name) => {
      const json: unknown = JSON.parse(await readFile(join(dir, `${name}.json`), 'utf8'))
      return [name, workflowSchema.parse(json)] as [string, Workflow]
    }),
  )
}

async function runExample(bench: Workbench, name: string, workflow: Workflow): Promise<void> {
  complain(`${name} …`)
  const result = await bench.run({ workflow, signal: { aborted: false }, emit: () => undefined })
  const [error] = result.errors
  if (error) throw new CliError(`Cannot draw example '${name}': ${error.message}`)
}

/** The pictures in a row, named by the titles of their nodes; of a sweep the grid that it made itself. */
async function drawn(workflow: Workflow, made: readonly MadePicture[]): Promise<Uint8Array> {
  const last = made.at(-1)
  if (!last) throw new CliError(`Cannot draw example '${workflow.name ?? ''}': it shows no picture`)
  if (workflow.sweep || made.length === 1) return encodePng(await enlarged(last))
  const cells = await Promise.all(
    made.map(async ({ png, options }, column) => ({
      ...{ row: 0, column, image: await decodePicture(png) },
      label: workflow.nodes[options.node]?.title ?? options.node,
    })),
  )
  return encodePng(drawGrid(cells, { rows: 1, columns: cells.length }))
}

/** A grid enlarges small pictures by itself: so does one of a single cell. */
async function enlarged({ png }: MadePicture) {
  const image = await decodePicture(png)
  return image.width >= 256 ? image : drawGrid([{ row: 0, column: 0, image }], { rows: 1, columns: 1 })
}
