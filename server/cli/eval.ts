/** `groundwork eval`: measures whether a model's pictures obey what they are grounded by. */
import type { Row, Section } from '../eval/section.ts'
import { sections } from '../eval/sections.ts'
import { openStudio } from '../eval/studio.ts'
import { runnerOptions } from '../config.ts'
import { complain, print, printJson, UsageError, type Command } from './command.ts'
import { jsonFlag, machineFlags, noWord, readWords } from './flags.ts'

const command: Command = {
  usage: `Usage: groundwork eval [--model ID] [--layouts N] [--seed S] [--json]

Paints N held-out layouts with the nodes and networks of this machine, lets the model's own detector look at them, and
prints COCO's average precision: boxes of kinds that were boxed in training and of others, the same captions without
grounding, τ from 0 to 1, reference pictures, styles, poses, inpainting, languages. What the model has no adapter for is said so.

  --model ID       emoji-world by default
  --layouts N      pictures a row, 20 by default
  --seed S         another seed gives other layouts and other noise, 1 by default
  --steps N        denoising steps, 25 by default
  --guidance G     4 by default
  --tau T          fraction of the steps with grounding, outside the sweep of τ; 1 by default
  --sampler NAME   ddim by default
  --only NAME      only this section: drawings, boxes, tau, keypoints, images, styles, inpaint,
                   languages; may be repeated
  --models DIR     a folder of model folders; may be repeated
  --device NAME    auto (default), cpu, webgpu, cuda, dml or coreml
  --json           prints one JSON object on stdout

Progress goes to stderr. With 20 layouts it takes a few minutes on two cores.`,
  async run(words) {
    const { values, positionals } = readWords(words, {
      ...machineFlags,
      ...jsonFlag,
      model: { type: 'string', default: 'emoji-world' },
      layouts: { type: 'string', default: '20' },
      seed: { type: 'string', default: '1' },
      steps: { type: 'string', default: '25' },
      guidance: { type: 'string', default: '4' },
      tau: { type: 'string', default: '1' },
      sampler: { type: 'string', default: 'ddim' },
      only: { type: 'string', multiple: true, default: [] },
    })
    noWord(positionals)
    const stray = values.only.find((name) => !sections.has(name))
    if (stray !== undefined)
      throw new UsageError(`--only is '${stray}', it must be one of ${[...sections.keys()].join(', ')}`)
    const settings = {
      model: values.model,
      sampler: values.sampler,
      layouts: numberOf('layouts', values.layouts, { min: 1, max: 10_000, whole: true }),
      seed: numberOf('seed', values.seed, { min: 0, max: 2 ** 32 - 1, whole: true }),
      steps: numberOf('steps', values.steps, { min: 1, max: 1000, whole: true }),
      guidance: numberOf('guidance', values.guidance, { min: 0, max: 30, whole: false }),
      tau: numberOf('tau', values.tau, { min: 0, max: 1, whole: false }),
    }
    const progress = progressLine()
    const begin = performance.now()
    const studio = await openStudio(runnerOptions(values), { ...settings, progress: progress.show })
    const found: Section[] = []
    try {
      for (const [name, measure] of sections) {
        if (values.only.length > 0 && !values.only.includes(name)) continue
        const section = await measure(studio)
        progress.clear()
        found.push(section)
        if (!values.json) printSection(section)
      }
    } finally {
      progress.clear()
      await studio.close()
    }
    const seconds = Math.round((performance.now() - begin) / 1000)
    const { hash } = studio
    if (values.json) printJson({ ...settings, hash, seconds, sections: found })
    else print(lastLine({ ...settings, hash, seconds }))
    return 0
  },
}

export default command

function numberOf(
  name: string,
  text: string,
  { min, max, whole }: { readonly min: number; readonly max: number; readonly whole: boolean },
): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= min && value <= max && (!whole || Number.isInteger(value))) return value
  throw new UsageError(
    `--${name} is '${text}', it must be a ${whole ? 'whole ' : ''}number from ${min} to ${max}`,
  )
}

function printSection({ title, rows, skipped }: Section): void {
  print(`## ${title}\n`)
  if (skipped !== undefined) print(`Not measured: ${skipped}.`)
  const [first] = rows
  if (first) {
    const names = Object.keys(first)
    print(`| ${names.map((name) => (name === 'what' ? '' : name)).join(' | ')} |`)
    print(`|${names.map((name) => (name === 'what' ? ' --- ' : ' ---: ')).join('|')}|`)
    for (const row of rows) print(`| ${names.map((name) => cell(name, row)).join(' | ')} |`)
  }
  print('')
}

const counts = new Set(['boxes', 'figures'])

/** Shares in per cent, as the field prints AP. */
function cell(name: string, row: Row): string {
  const value = row[name]
  if (value === null || value === undefined) return '–'
  if (typeof value === 'string' || counts.has(name)) return String(value)
  return (100 * value).toFixed(1)
}

function lastLine(settings: Record<string, string | number>): string {
  const { model, hash, layouts, seed, steps, guidance, tau, sampler, seconds } = settings
  return (
    `'${model}' ${String(hash).slice(0, 12)}…, ${layouts} layouts a row, seed ${seed}, ${sampler}, ${steps} steps, ` +
    `guidance ${guidance}, τ ${tau}; ${seconds} s`
  )
}

/** One line on the terminal that is written over; nothing where stderr is a file. */
function progressLine() {
  const { stderr } = process
  let last = 0
  return {
    show(text: string): void {
      if (!stderr.isTTY && performance.now() - last < 5000) return
      last = performance.now()
      if (stderr.isTTY) stderr.write(`\r\u001b[K${text}`)
      else complain(text)
    },
    clear(): void {
      if (stderr.isTTY) stderr.write('\r\u001b[K')
    },
  }
}
