/** Checks what a node gave against what it declared, so that a wrong value is blamed on the node that made it. */
import type { AnyNode } from '#nodes/node.ts'
import type { WireType } from '#nodes/wire-types.ts'
import type { Outputs } from './cache.ts'
import { inWords } from './words.ts'

/**
 * @returns the outputs, as they are.
 * @throws TypeError naming every output that is missing, undeclared or of another type.
 */
export function checkOutputs(node: AnyNode, given: unknown): Outputs {
  if (typeof given !== 'object' || given === null)
    throw new TypeError(`it gave ${inWords(given)} in place of its outputs`)
  const outputs = new Map(Object.entries(given))
  const each = node.loop?.role === 'start' ? node.loop.each : null
  const faults = Object.entries(node.outputs).flatMap(([name, { type, list }]) => {
    if (name === each) return listFaults(name, `one ${type} per iteration`, type, outputs.get(name))
    if (list) return listFaults(name, `of ${type}`, type, outputs.get(name))
    return valueFaults(name, type, outputs.get(name))
  })
  for (const name of outputs.keys())
    if (!Object.hasOwn(node.outputs, name)) faults.push(`it gave '${name}', which it does not declare`)
  if (faults.length > 0) throw new TypeError(faults.join('; '))
  return given as Outputs
}

function listFaults(name: string, what: string, type: WireType, list: unknown): string[] {
  if (!Array.isArray(list)) return [`its output '${name}' must be a list, ${what}, is ${inWords(list)}`]
  const odd = list.findIndex((value) => !holds[type](value))
  return odd < 0 ? [] : valueFaults(`${name}[${odd}]`, type, list[odd])
}

function valueFaults(name: string, type: WireType, value: unknown): string[] {
  if (value === undefined) return [`it gave no '${name}', which it declares`]
  return holds[type](value) ? [] : [`its output '${name}' must be ${type}, is ${inWords(value)}`]
}

/** Whether a value could be of a wire type: the cheap half of the check, enough to tell the types apart. */
const holds: Record<WireType, (value: unknown) => boolean> = {
  Model: (value) => has(value, 'id', 'hash'),
  Conditioning: (value) => has(value, 'context'),
  Grounding: (value) => has(value, 'entities', 'strength'),
  Boxes: Array.isArray,
  Keypoints: Array.isArray,
  Latent: (value) => has(value, 'samples'),
  Image: (value) => isPicture(value, 3),
  Mask: (value) => isPicture(value, 1),
  Step: (value) => has(value, 'index', 'total', 'schedule'),
  Text: (value) => typeof value === 'string',
  Int: (value) => Number.isInteger(value) || typeof value === 'bigint',
  Float: (value) => typeof value === 'number',
  Bool: (value) => typeof value === 'boolean',
  Any: (value) => value !== undefined,
}

function has(value: unknown, ...keys: readonly string[]): boolean {
  return typeof value === 'object' && value !== null && keys.every((key) => key in value)
}

function isPicture(value: unknown, channels: number): boolean {
  if (!has(value, 'width', 'height', 'data')) return false
  const { width, height, data } = value as { width: unknown; height: unknown; data: unknown }
  return data instanceof Float32Array && data.length === Number(width) * Number(height) * channels
}
