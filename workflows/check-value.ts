/** Whether a value of the file suits the parameter it is for. */
import type { ZodType } from 'zod'
import { boxesSchema, boxListSchema, type PhraseRule } from '#nodes/boxes.ts'
import { keypointsSchema } from '#nodes/keypoints.ts'
import { listFault } from '#nodes/list-text.ts'
import type { ParamInfo, Widget } from '#nodes/node-info.ts'
import { exactSeed, largestSeed } from '#nodes/seed.ts'
import { suggest } from './nearest.ts'
import { pictureIdPattern } from './protocol.ts'

export interface ValueFault {
  /** Where inside the value; empty for the value as a whole. */
  readonly path: readonly (string | number)[]
  /** What is wrong and what to do, without a subject: `must be at most 100, is 200`. */
  readonly message: string
}

/** Every fault of one value; the editor shows them at its widget. */
export function valueFaults(param: ParamInfo, value: unknown): ValueFault[] {
  return checks[param.widget](value, param)
}

type Check = (value: unknown, param: ParamInfo) => ValueFault[]

/** Made once: a schema costs more to make than most values to check. */
const boxLists: Record<PhraseRule, ZodType> = { needed: boxesSchema, optional: boxListSchema('optional') }

const checks: Record<Widget, Check> = {
  int: (value, param) =>
    Number.isInteger(value) ? wholeFaults(value as number, param) : must('be a whole number', value),
  float: (value, param) =>
    typeof value === 'number' ? rangeFaults(value, param) : must('be a number', value),
  text: textFaults,
  bool: (value) => (typeof value === 'boolean' ? [] : must('be true or false', value)),
  seed: (value) =>
    exactSeed(value) === null
      ? must(`be a whole number from 0 to ${largestSeed}, in quotes from 2^53 on`, value)
      : [],
  picture: (value) =>
    isPictureId(value) ? [] : must('be the id of a stored picture (drop one on the node)', value),
  choice: choiceFaults,
  boxes: (value, { phrases = 'needed' }) =>
    listFaults(
      boxLists[phrases],
      value,
      'must be a list of { "phrase": "a cat", "box": [x0, y0, x1, y1] }, 1000 at most',
    ),
  keypoints: (value) =>
    listFaults(keypointsSchema, value, 'must be a list of figures, each a list of 17 keypoints [x, y]'),
}

function must(what: string, value: unknown): ValueFault[] {
  return [{ path: [], message: `must ${what}, is ${shown(value)}` }]
}

/** Beyond 2^53 − 1 whole numbers are no longer exact, and no node takes them. */
function wholeFaults(value: number, param: ParamInfo): ValueFault[] {
  const faults = rangeFaults(value, param)
  return faults.length > 0 || Number.isSafeInteger(value)
    ? faults
    : must('lie between −(2^53 − 1) and 2^53 − 1', value)
}

function textFaults(value: unknown, { maxLength, form, holds }: ParamInfo): ValueFault[] {
  if (typeof value !== 'string') return must('be a text', value)
  if (maxLength !== undefined && value.length > maxLength)
    return [{ path: [], message: `must have at most ${maxLength} characters, has ${value.length}` }]
  const isOdd = form !== undefined && !new RegExp(form.pattern, 'u').test(value)
  const sentence = isOdd ? form.sentence : holds && listFault(value, holds)
  return sentence ? [{ path: [], message: `${sentence}, is ${shown(value)}` }] : []
}

function rangeFaults(value: number, { min, max }: ParamInfo): ValueFault[] {
  if (min !== undefined && value < min) return must(`be at least ${min}`, value)
  if (max !== undefined && value > max) return must(`be at most ${max}`, value)
  return []
}

function choiceFaults(value: unknown, { choices = [] }: ParamInfo): ValueFault[] {
  if (typeof value !== 'string') return must('be a text', value)
  if (choices.includes(value)) return []
  return [
    {
      path: [],
      message: `cannot be ${shown(value)}${suggest(value, choices) || ', there is nothing to choose from'}`,
    },
  ]
}

/** The schema's own sentences where it has some, and one on the form of the list for all the rest. */
function listFaults(schema: ZodType, value: unknown, form: string): ValueFault[] {
  const { error } = schema.safeParse(value)
  return (error?.issues ?? []).map(({ path, message, code }) => ({
    path: path.map((key) => (typeof key === 'number' ? key : String(key))),
    message: code === 'custom' || code === 'invalid_format' ? message : form,
  }))
}

/** Empty means that none is chosen yet; the node says so when it runs. */
function isPictureId(value: unknown): boolean {
  return typeof value === 'string' && (value === '' || pictureIdPattern.test(value))
}

const longestShown = 40

function shown(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'object' && value !== null) return 'an object'
  if (typeof value !== 'string') return String(value)
  return value.length > longestShown ? `'${value.slice(0, longestShown)}…'` : `'${value}'`
}
