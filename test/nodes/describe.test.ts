import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { describeNode } from '#nodes/describe.ts'
import { defineNode } from '#nodes/node.ts'
import { seed } from '#nodes/seed.ts'

const local = { models: ['small', 'large'], adapters: ['boxes'] }

function withParam(schema: z.ZodType) {
  return defineNode({
    type: 'toy/one',
    version: 1,
    title: 'One',
    description: 'One parameter.',
    inputs: {},
    outputs: {},
    params: { value: schema },
    run: () => ({}),
  })
}

function param(schema: z.ZodType) {
  return describeNode(withParam(schema), local).params['value']
}

describe('describeNode', () => {
  it('shows a bounded number with its bounds, and lets a Float drive it', () => {
    const schema = z.number().min(0).max(1).default(0.3).meta({ title: 'τ', step: 0.1 })
    expect(param(schema)).toMatchObject({
      widget: 'float',
      wire: 'Float',
      min: 0,
      max: 1,
      step: 0.1,
      default: 0.3,
    })
  })

  it('leaves out the bounds that only say that a whole number is safe', () => {
    const info = param(z.int().default(3))
    expect(info).toMatchObject({ widget: 'int', wire: 'Int' })
    expect(info).not.toHaveProperty('min')
  })

  it('offers an enum as choices that cannot be linked', () => {
    expect(param(z.enum(['a', 'b']).default('b'))).toMatchObject({
      widget: 'choice',
      choices: ['a', 'b'],
      wire: null,
    })
  })

  it('fills in what only this machine knows', () => {
    expect(param(z.string().default('small').meta({ choices: 'models' }))).toMatchObject({
      widget: 'choice',
      choices: ['small', 'large'],
    })
  })

  it('shows a seed as a seed that an Int may drive', () => {
    expect(param(seed.meta({ widget: 'seed' }))).toMatchObject({ widget: 'seed', wire: 'Int', default: 0 })
  })

  it('refuses a parameter without a default, by name', () => {
    expect(() => param(z.string())).toThrow(
      "Cannot register parameter 'value' of node 'toy/one': it has no default",
    )
  })

  it('refuses a parameter that no widget can show', () => {
    expect(() => param(z.record(z.string(), z.number()).default({}))).toThrow('no widget shows its schema')
  })
})
