import { appendFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { defineNode } from '#nodes/node.ts'

export default defineNode({
  type: 'toy/mark',
  version: 1,
  title: 'ToyMark',
  description: 'Writes a line into the file TOY_MARKS when it begins, and takes its time.',
  inputs: {},
  outputs: {},
  params: { text: z.string().default(''), ms: z.int().min(0).default(0) },
  sideEffect: true,
  async run({ text, ms }) {
    const file = process.env['TOY_MARKS']
    if (file) appendFileSync(file, `${text}\n`)
    await pause(ms)
    return {}
  },
})
