/** A drawer of toy nodes: small enough to reason about, and they count how often they ran. */
import { z } from 'zod'
import { defineNode, type AnyNode } from '#nodes/node.ts'

export interface Toys {
  readonly registry: ReadonlyMap<string, AnyNode>
  /** Every call of a node's code, in order, such as `add 2 3`. */
  readonly calls: string[]
}

const int = (value: number) => z.int().default(value)
const text = (value: string) => z.string().default(value)
const Int = { type: 'Int', description: 'a number' } as const
const Text = { type: 'Text', description: 'a text' } as const
const Image = { type: 'Image', description: 'a picture' } as const

/** A grey picture of 1 × 1 pixel. */
export const dot = (grey: number) => ({ width: 1, height: 1, data: new Float32Array(3).fill(grey) })

/** A fresh drawer, with `extra` nodes beside or in place of the usual ones. */
export function toys(extra: (log: (call: string) => void) => readonly AnyNode[] = () => []): Toys {
  const calls: string[] = []
  const log = (call: string) => void calls.push(call)
  const nodes = [
    ...plainToys(log),
    ...loopToys(log),
    ...listToys(log),
    ...lazyToys(log),
    ...showingToys(log),
    ...extra(log),
  ]
  return { registry: new Map(nodes.map((node) => [node.type, node])), calls }
}

function plainToys(log: (call: string) => void): AnyNode[] {
  return [
    defineNode({
      type: 'toy/number',
      version: 1,
      title: 'Number',
      description: 'Gives a number.',
      inputs: {},
      outputs: { value: Int },
      params: { value: int(1) },
      run({ value }) {
        log(`number ${value}`)
        return { value }
      },
    }),
    defineNode({
      type: 'toy/add',
      version: 1,
      title: 'Add',
      description: 'Adds two numbers.',
      inputs: { a: Int, b: { ...Int, optional: true } },
      outputs: { sum: Int },
      params: { plus: int(0) },
      run({ a, b = 0, plus }) {
        log(`add ${a} ${b} ${plus}`)
        return { sum: a + b + plus }
      },
    }),
    defineNode({
      type: 'toy/half',
      version: 1,
      title: 'Half',
      description: 'Halves a number.',
      inputs: {},
      outputs: { half: { type: 'Float', description: 'a fraction' } },
      params: { of: z.number().min(0).max(100).default(1) },
      run({ of }) {
        log(`half ${of}`)
        return { half: of / 2 }
      },
    }),
    defineNode({
      type: 'toy/shout',
      version: 1,
      title: 'Shout',
      description: 'Puts a text into capitals.',
      inputs: {},
      outputs: { text: Text },
      params: { text: text('hello') },
      run({ text }) {
        log(`shout ${text}`)
        return { text: text.toUpperCase() }
      },
    }),
    defineNode({
      type: 'toy/fail',
      version: 1,
      title: 'Fail',
      description: 'Fails when it gets a number, or always where none is named.',
      inputs: { a: { ...Int, optional: true } },
      outputs: { sum: Int },
      params: { text: text('it was asked to'), at: int(-1) },
      run({ a = -1, text, at }) {
        log(`fail ${a}`)
        if (at !== -1 && a !== at) return { sum: a }
        throw new Error(text)
      },
    }),
  ]
}

function loopToys(log: (call: string) => void): AnyNode[] {
  return [
    defineNode({
      type: 'toy/count',
      version: 1,
      title: 'Count',
      description: 'Opens a loop over 0, 1, … and carries a sum.',
      inputs: { sum: Int },
      outputs: { index: Int, sum: Int },
      params: { times: int(3) },
      loop: { role: 'start', each: 'index' },
      run({ sum, times }) {
        log(`count ${times}`)
        return { index: Array.from({ length: times }, (_, index) => index), sum }
      },
    }),
    defineNode({
      type: 'toy/gate',
      version: 1,
      title: 'Gate',
      description: 'Gives 1 before a fraction of ten steps, then 0: a CutoffSwitch in small.',
      inputs: { index: Int },
      outputs: { open: Int },
      params: { tau: z.number().min(0).max(1).default(0.3) },
      run({ index, tau }) {
        log(`gate ${index}`)
        return { open: index < tau * 10 ? 1 : 0 }
      },
    }),
    defineNode({
      type: 'toy/step',
      version: 1,
      title: 'Step',
      description: 'Moves a sum by what is open at an iteration: a GatedUNetStep in small.',
      inputs: { sum: Int, open: Int, index: Int },
      outputs: { sum: Int },
      params: {},
      run({ sum, open, index }) {
        log(`step ${index}`)
        return { sum: 2 * sum + open }
      },
    }),
    defineNode({
      type: 'toy/begin',
      version: 1,
      title: 'Begin',
      description: 'Opens a loop that carries two numbers.',
      inputs: { a: Int, b: Int },
      outputs: { index: Int, a: Int, b: Int },
      params: { times: int(3) },
      loop: { role: 'start', each: 'index' },
      run({ a, b, times }) {
        log(`begin ${times}`)
        return { index: Array.from({ length: times }, (_, index) => index), a, b }
      },
    }),
    defineNode({
      type: 'toy/close',
      version: 1,
      title: 'Close',
      description: 'Closes a loop that carries two numbers.',
      inputs: { a: Int, b: Int },
      outputs: { a: Int, b: Int },
      params: {},
      loop: { role: 'end' },
      run({ a, b }) {
        log(`close ${a} ${b}`)
        return { a, b }
      },
    }),
    defineNode({
      type: 'toy/total',
      version: 1,
      title: 'Total',
      description: 'Closes a loop and gives the sum.',
      inputs: { sum: Int },
      outputs: { sum: Int },
      params: {},
      loop: { role: 'end' },
      run({ sum }) {
        log(`total ${sum}`)
        return { sum }
      },
    }),
  ]
}

function listToys(log: (call: string) => void): AnyNode[] {
  return [
    defineNode({
      type: 'toy/list',
      version: 1,
      title: 'List',
      description: 'Gives 1, 2, … up to a number.',
      inputs: {},
      outputs: { values: { ...Int, list: true } },
      params: { count: int(3) },
      run({ count }) {
        log(`list ${count}`)
        return { values: Array.from({ length: count }, (_, index) => index + 1) }
      },
    }),
    defineNode({
      type: 'toy/sum',
      version: 1,
      title: 'Sum',
      description: 'Adds up a list.',
      inputs: { values: { ...Int, list: true } },
      outputs: { sum: Int },
      params: { plus: int(0) },
      run({ values, plus }) {
        log(`sum ${values.join(' ')}`)
        return { sum: values.reduce((sum, value) => sum + value, plus) }
      },
    }),
  ]
}

function lazyToys(log: (call: string) => void): AnyNode[] {
  return [
    defineNode({
      type: 'toy/choose',
      version: 1,
      title: 'Choose',
      description: 'Takes one of two numbers; the other one is not asked for.',
      inputs: { odd: { ...Int, lazy: true }, even: { ...Int, lazy: true } },
      outputs: { value: Int },
      params: { by: int(0) },
      needs: ({ by }) => [by % 2 === 0 ? 'even' : 'odd'],
      run({ odd, even, by }) {
        log(`choose ${by}`)
        return { value: (by % 2 === 0 ? even : odd) ?? NaN }
      },
    }),
    defineNode({
      type: 'toy/either',
      version: 1,
      title: 'Either',
      description: 'Takes one of two things, whatever they are.',
      inputs: {
        yes: { type: 'Any', lazy: true, description: 'anything' },
        no: { type: 'Any', lazy: true, description: 'anything' },
      },
      outputs: { value: { type: 'Any', description: 'one of them' } },
      params: { on: z.boolean().default(true) },
      needs: ({ on }) => [on ? 'yes' : 'no'],
      run: ({ on, yes, no }) => ({ value: on ? yes : no }),
    }),
    defineNode({
      type: 'toy/forward',
      version: 1,
      title: 'Forward',
      description: 'Gives what it gets, whatever it is.',
      inputs: { value: { type: 'Any', description: 'anything' } },
      outputs: { value: { type: 'Any', description: 'the same' } },
      params: {},
      run({ value }) {
        log('forward')
        return { value }
      },
    }),
  ]
}

function showingToys(log: (call: string) => void): AnyNode[] {
  return [
    defineNode({
      type: 'toy/print',
      version: 1,
      title: 'Print',
      description: 'Shows a number: a node with a side effect.',
      inputs: { value: Int },
      outputs: {},
      params: {},
      sideEffect: true,
      run({ value }, { showValue }) {
        log(`print ${value}`)
        showValue(String(value))
        return {}
      },
    }),
    defineNode({
      type: 'toy/paint',
      version: 1,
      title: 'Paint',
      description: 'Gives a grey dot and shows it as a preview.',
      inputs: { grey: Int },
      outputs: { image: Image, grey: Int },
      params: { total: int(1) },
      async run({ grey, total }, context) {
        log(`paint ${grey}`)
        await context.preview(async () => dot(grey), { step: grey, total, beta: null })
        context.showValue(`grey ${grey}`)
        return { image: dot(grey), grey }
      },
    }),
    defineNode({
      type: 'toy/save',
      version: 1,
      title: 'Save',
      description: 'Saves a picture.',
      inputs: { image: Image },
      outputs: {},
      params: {},
      sideEffect: true,
      async run({ image }, context) {
        log('save')
        await context.savePicture(image, { saved: true, name: 'dot' })
        return {}
      },
    }),
  ]
}
