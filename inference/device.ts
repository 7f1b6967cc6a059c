/**
 * Which part of the machine runs the networks. What a provider was compiled for says nothing about whether it works, and
 * an unknown one falls back to the CPU without a word, so each is tried with a small session before it is trusted.
 */
import { listSupportedBackends } from 'onnxruntime-node'
import type { Provider } from './onnx/dialect.ts'
import type { OnnxModel } from './onnx/model.ts'
import { Session } from './session.ts'
import { filled } from './tensor.ts'

export const deviceNames = ['auto', 'cpu', 'webgpu', 'cuda', 'dml', 'coreml'] as const
export type DeviceName = (typeof deviceNames)[number]

export interface Trial {
  readonly name: Provider
  readonly works: boolean
  /** How long the test product took, or why the provider does not work. */
  readonly reason: string
}

export interface Device {
  readonly name: Provider
  /** One sentence for people. */
  readonly why: string
  readonly tried: readonly Trial[]
}

export class DeviceError extends Error {
  override readonly name = 'DeviceError'
}

/** In the order they are preferred where several are about equally fast. */
const accelerators: readonly Provider[] = ['cuda', 'dml', 'webgpu', 'coreml']
/** A graphics driver that only emulates a GPU is slower than the CPU: an accelerator must clearly win. */
const requiredGain = 1.5
/** Side of the two matrices of the test product: large where times are compared, small where it must only work. */
const timedSide = 768
const triedSide = 64
const patienceMs = 1000

/**
 * Chooses a device.
 *
 * @param wish `auto` takes the fastest that works; any other is taken or refused, never replaced
 * @throws DeviceError when the wish is unknown or does not work, with the reason
 */
export async function chooseDevice(wish: string): Promise<Device> {
  if (!isDeviceName(wish))
    throw new DeviceError(`Cannot use device '${wish}': it is unknown; known are ${deviceNames.join(', ')}`)
  if (wish === 'auto') return await fastest()
  const { trial } = await tryProvider(wish, triedSide)
  if (!trial.works) throw new DeviceError(`Cannot use device '${wish}': ${trial.reason}; use 'auto' or 'cpu'`)
  return { name: wish, why: `${wish} was asked for and works: ${trial.reason}`, tried: [trial] }
}

function isDeviceName(name: string): name is DeviceName {
  return (deviceNames as readonly string[]).includes(name)
}

interface Measured {
  readonly trial: Trial
  readonly milliseconds: number
}

async function fastest(): Promise<Device> {
  const cpu = await tryProvider('cpu', timedSide)
  let best = cpu
  const tried = [cpu.trial]
  for (const name of accelerators) {
    const result = await tryProvider(name, timedSide)
    tried.push(result.trial)
    const toBeat = best === cpu ? cpu.milliseconds / requiredGain : best.milliseconds
    if (result.trial.works && result.milliseconds < toBeat) best = result
  }
  const others = tried.filter((trial) => trial !== best.trial).map(({ name, reason }) => `${name}: ${reason}`)
  const why = `${best.trial.name} is the fastest that works (${best.trial.reason}); ${others.join('; ')}`
  return { name: best.trial.name, why, tried }
}

async function tryProvider(name: Provider, side: number): Promise<Measured> {
  const built = listSupportedBackends().map((backend) => backend.name as string)
  if (!built.includes(name)) {
    const reason = `onnxruntime for ${process.platform} ${process.arch} is built without it`
    return { trial: { name, works: false, reason }, milliseconds: Infinity }
  }
  try {
    const milliseconds = await timeProduct(name, side)
    return {
      trial: { name, works: true, reason: `test product in ${milliseconds.toFixed(1)} ms` },
      milliseconds,
    }
  } catch (error) {
    return { trial: { name, works: false, reason: firstLine(error) }, milliseconds: Infinity }
  }
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return (text.split('\n')[0] ?? '').slice(0, 200)
}

/** Best of three runs of a product of two matrices after one to warm up; fewer where that takes long. */
async function timeProduct(provider: Provider, side: number): Promise<number> {
  const session = await Session.open(productModel(side), { provider })
  try {
    const ones = filled([side, side], 1)
    const begin = performance.now()
    let best = Infinity
    for (let run = 0; run < 4 && performance.now() - begin < patienceMs; run++) {
      const start = performance.now()
      const { product } = await session.run({ a: ones, b: ones })
      best = Math.min(best, performance.now() - start)
      if (product?.data.at(-1) !== side)
        throw new DeviceError(`it computes wrongly: a sum of ${side} ones is ${product?.data.at(-1)}`)
    }
    return best
  } finally {
    await session.release()
  }
}

function productModel(side: number): OnnxModel {
  const dims = [side, side]
  const value = (name: string) => ({ name, type: 'float' as const, dims })
  const node = {
    name: 'product',
    op: 'MatMul',
    domain: '',
    inputs: ['a', 'b'],
    outputs: ['product'],
    attributes: {},
  }
  return {
    graph: {
      name: 'product',
      nodes: [node],
      initializers: [],
      inputs: [value('a'), value('b')],
      outputs: [value('product')],
    },
    opset: 21,
  }
}
