/** `groundwork run`: runs a workflow file in this process, without a server. */
import type { Catalogue } from '#nodes/node-info.ts'
import type { Fault } from '#workflows/fault.ts'
import { workflowSchema, type Workflow } from '#workflows/format.ts'
import { blockingFaults } from '#workflows/blocking.ts'
import { validateWorkflow } from '#workflows/validate.ts'
import { runnerOptions } from '../config.ts'
import type { RunResult } from '../engine/engine.ts'
import { importPicture } from '../pictures/import-picture.ts'
import { PictureError } from '../pictures/picture-file.ts'
import { openPictureStore } from '../pictures/picture-store.ts'
import type { RunnerOptions } from '../runner/messages.ts'
import { openWorkbench, type MadePicture, type Workbench } from '../runner/workbench.ts'
import { CliError, complain, print, printJson, type Command } from './command.ts'
import { countFaults, faultLines } from './fault-lines.ts'
import { jsonFlag, machineFlags, onlyWord, readWords } from './flags.ts'
import { progressOn } from './progress.ts'
import { onlySeed, seedsBefore } from './seeds.ts'
import { setValues } from './set-values.ts'
import { readBounded, readWorkflowFile } from './workflow-file.ts'
import { stemOf, writePicture } from './write-pictures.ts'

const command: Command = {
  usage: `Usage: groundwork run FILE [--set node.name=value]… [--out DIR] [--device NAME] [--json]

FILE is a workflow as JSON, or a PNG that Groundwork saved.

  --set node.name=value  changes a value: numbers, true or false, text; JSON for boxes; a file for a picture
  --out DIR              where pictures are written, ./out by default
  --device NAME          auto (default), cpu, webgpu, cuda, dml or coreml
  --models DIR           a folder of model folders; may be repeated
  --data DIR             where the pictures of LoadImage are kept
  --json                 prints one JSON object about the run on stdout

A picture is named after its SaveImage and the seed it came from, such as 'cat-and-dog-7.png', and carries the workflow
as it ran. A file with other content is never written over: the next is 'cat-and-dog-7-2.png'. When the workflow saves
nothing, the pictures that it shows are written, named after their nodes.
Exit code: 0 when it ran, 1 when the workflow has faults or the run failed, 2 when the words make no sense.`,
  async run(words) {
    const { values, positionals } = readWords(words, {
      ...machineFlags,
      ...jsonFlag,
      set: { type: 'string', multiple: true, default: [] },
      out: { type: 'string', default: 'out' },
    })
    const json = await readWorkflowFile(onlyWord(positionals, 'the workflow file'))
    const options = runnerOptions(values)
    const made: MadePicture[] = []
    const bench = await openWorkbench(options, (picture) => made.push(picture))
    try {
      const { catalogue } = await bench.describe()
      const { workflow, faults } = await check(json, values.set, catalogue, options)
      if (!workflow || faults.length > 0) return reportFaults(faults, values.json)
      const begin = performance.now()
      const result = await runOnTerminal(bench, workflow)
      const files = await writeAll(made, catalogue, values.out)
      const report: Report = { result, files, ms: performance.now() - begin }
      return values.json ? reportJson(report) : reportText(report)
    } finally {
      await bench.close()
    }
  },
}

export default command

/** The workflow with its settings applied, and every fault that keeps it from running. */
async function check(
  json: unknown,
  settings: readonly string[],
  catalogue: Catalogue,
  options: RunnerOptions,
) {
  const context = { catalogue, importPicture: (path: string) => importTo(path, options.dataDir) }
  const loose = workflowSchema.safeParse(json)
  // Settings need a readable file; what is wrong with an unreadable one, the check below says.
  const draft = loose.success ? await setValues(loose.data, settings, context) : json
  const judged = validateWorkflow(draft, catalogue)
  const { workflow, faults } = judged
  return { workflow, faults: workflow ? blockingFaults({ ...judged, workflow }, catalogue) : faults }
}

async function importTo(path: string, dataDir: string): Promise<string> {
  const bytes = await readBounded(path)
  try {
    const { png } = await importPicture(bytes)
    return await (await openPictureStore(dataDir)).put(png, { kept: true })
  } catch (error) {
    if (error instanceof PictureError) throw new CliError(`${path}: ${error.message}`)
    throw error
  }
}

/** Runs with a progress line. Ctrl-C stops at the next step, a second one at once. */
async function runOnTerminal(bench: Workbench, workflow: Workflow): Promise<RunResult> {
  const progress = progressOn(process.stderr)
  const signal = { aborted: false }
  const stop = () => (signal.aborted = true)
  process.once('SIGINT', stop)
  try {
    return await bench.run({ workflow, signal, emit: (event) => progress.show(event) })
  } finally {
    process.removeListener('SIGINT', stop)
    progress.clear()
  }
}

interface WrittenPicture {
  readonly node: string
  readonly path: string
  readonly width: number
  readonly height: number
  readonly picture: string
  /** Those it came from, by `node.param`. */
  readonly seeds: Readonly<Record<string, string>>
}

/** Writes what was saved, or what was shown when nothing was. */
async function writeAll(
  made: readonly MadePicture[],
  catalogue: Catalogue,
  dir: string,
): Promise<WrittenPicture[]> {
  const saved = made.filter(({ options }) => options.saved)
  const files: WrittenPicture[] = []
  for (const { options, png, picture, width, height } of saved.length > 0 ? saved : made) {
    const { node, name = node, workflow } = options
    // Of the pictures of a sweep only its grid carries the sweep: it came from all of their seeds.
    const seeds = workflow.sweep ? new Map<string, string>() : seedsBefore(workflow, node, catalogue)
    const path = await writePicture(dir, stemOf(name, onlySeed(seeds)), png)
    files.push({ node, path, width, height, picture, seeds: Object.fromEntries(seeds) })
  }
  return files
}

interface Report {
  readonly result: RunResult
  readonly files: readonly WrittenPicture[]
  readonly ms: number
}

function reportFaults(faults: readonly Fault[], asJson: boolean): number {
  if (asJson) printJson({ ok: false, faults })
  else
    complain([`Cannot run the workflow: it has ${countFaults(faults)}`, ...faultLines(faults)].join('\n  '))
  return 1
}

function reportJson({ result, files, ms }: Report): number {
  printJson({
    ok: result.ok,
    cancelled: result.cancelled,
    errors: result.errors.map(({ node, message }) => ({ node, message })),
    outputs: files,
    nodes: Object.fromEntries(
      [...result.nodes].map(([id, { state, cached, ms, runs, cachedRuns }]) => [
        id,
        { state, cached, ms: Math.round(ms), runs, cachedRuns },
      ]),
    ),
    values: Object.fromEntries(result.values),
    ms: Math.round(ms),
  })
  return result.ok ? 0 : 1
}

function reportText({ result, files, ms }: Report): number {
  for (const [node, text] of result.values) print(`${node}: ${text}`)
  for (const { path, width, height } of files) print(`${path}  ${width} × ${height}`)
  for (const { message } of result.errors) complain(message)
  if (result.cancelled) complain('The run was stopped')
  if (result.ok) complain(`Done in ${(ms / 1000).toFixed(1)} s`)
  return result.ok ? 0 : 1
}
