/** Opens a network in onnxruntime and runs it. `run` blocks its thread until the network is done, and cannot be stopped. */
import * as ort from 'onnxruntime-node'
import type { Provider } from './onnx/dialect.ts'
import { encodeModel, type EncodedModel } from './onnx/encode.ts'
import type { OnnxModel, ValueInfo } from './onnx/model.ts'
import type { Tensor } from './tensor.ts'

/** Whole numbers such as token ids. */
export interface IntTensor {
  readonly ids: BigInt64Array
  readonly shape: readonly number[]
}

export type Feeds = Readonly<Record<string, Tensor | IntTensor>>

export interface SessionOptions {
  readonly provider: Provider
  /** Threads of one run; default: as many as the machine has cores. */
  readonly threads?: number
}

// What goes wrong is thrown; the runtime would also print it, once per layer of the call.
ort.env.logLevel = 'fatal'

/** Larger networks keep their weights as pages of the file instead of copies laid out for speed. */
const leanFromBytes = 1024 ** 3

export class Session {
  private readonly session: ort.InferenceSession
  private readonly name: string
  private readonly inputs: readonly ValueInfo[]

  private constructor(session: ort.InferenceSession, { name, inputs }: OnnxModel['graph']) {
    this.session = session
    this.name = name
    this.inputs = inputs
  }

  /** @throws Error when the provider is not there, or the weights do not fit into memory. */
  static async open(model: OnnxModel, options: SessionOptions): Promise<Session> {
    const encoded = encodeModel(model)
    const session = await ort.InferenceSession.create(encoded.bytes, sessionOptions(encoded, options))
    return new Session(session, model.graph)
  }

  /**
   * Runs the network once.
   *
   * @throws TypeError when an input is missing, unknown, or of a shape the network does not take.
   */
  async run(feeds: Feeds): Promise<Record<string, Tensor>> {
    this.check(feeds)
    const given = Object.entries(feeds).map(([name, value]) => [name, toOrt(value)])
    const results = await this.session.run(Object.fromEntries(given))
    return Object.fromEntries(
      Object.entries(results).map(([name, value]) => [name, this.fromOrt(name, value)]),
    )
  }

  /** Gives the memory back. The session cannot run again. */
  async release(): Promise<void> {
    await this.session.release()
  }

  private check(feeds: Feeds): void {
    const known = new Map<string, number>()
    for (const { name, dims } of this.inputs) {
      const shape = feeds[name]?.shape
      if (!shape) throw new TypeError(`Cannot run ${this.name}: input '${name}' is missing`)
      const fits =
        shape.length === dims.length && dims.every((dim, axis) => sizeFits(dim, shape[axis] ?? 0, known))
      if (!fits)
        throw new TypeError(
          `Cannot run ${this.name}: input '${name}' has shape [${shape}], expected [${said(dims, known)}]`,
        )
    }
    const names = this.inputs.map(({ name }) => name)
    const stranger = Object.keys(feeds).find((name) => !names.includes(name))
    if (stranger !== undefined) throw new TypeError(`Cannot run ${this.name}: it has no input '${stranger}'`)
  }

  private fromOrt(name: string, { data, dims }: ort.Tensor): Tensor {
    if (!(data instanceof Float32Array))
      throw new TypeError(`Cannot read output '${name}' of ${this.name}: it is not float32`)
    return { data, shape: dims }
  }
}

/** A named dimension has one size in all inputs of a run. */
function sizeFits(dim: number | string, size: number, known: Map<string, number>): boolean {
  if (typeof dim === 'number') return dim === size
  const before = known.get(dim)
  known.set(dim, before ?? size)
  return before === undefined || before === size
}

function said(dims: ValueInfo['dims'], known: Map<string, number>): string {
  return dims
    .map((dim) => (typeof dim === 'string' && known.has(dim) ? `${dim}=${known.get(dim)}` : dim))
    .join(', ')
}

function toOrt(value: Tensor | IntTensor): ort.Tensor {
  return 'ids' in value
    ? new ort.Tensor('int64', value.ids, value.shape)
    : new ort.Tensor('float32', value.data, value.shape)
}

function sessionOptions(
  { folder, weightBytes }: EncodedModel,
  { provider, threads }: SessionOptions,
): ort.InferenceSession.SessionOptions {
  const lean = weightBytes > leanFromBytes
  const session = {
    ...(folder !== null && { model_external_initializers_file_folder_path: folder }),
    ...(lean && { disable_prepacking: '1' }),
    // Threads that spin while they wait double the time of a step as soon as anything else runs on the machine.
    intra_op: { allow_spinning: '0' },
  }
  return {
    executionProviders: provider === 'cpu' ? ['cpu'] : [provider, 'cpu'],
    graphOptimizationLevel: lean ? 'extended' : 'all',
    enableMemPattern: !lean,
    logSeverityLevel: 4,
    ...(threads !== undefined && { intraOpNumThreads: threads }),
    extra: { session },
  }
}
