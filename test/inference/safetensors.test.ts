import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  CheckpointError,
  maxHeaderBytes,
  parseHeader,
  readHeader,
  readTensor,
} from '#inference/checkpoint/safetensors.ts'
import { scanJson } from '#inference/checkpoint/scan-json.ts'
import { readWeights } from '#inference/checkpoint/weights.ts'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'safetensors-'))
})

afterAll(async () => {
  await rm(folder, { recursive: true })
})

function bytesOf(header: string, body: Uint8Array, claimed = BigInt(Buffer.byteLength(header))): Buffer {
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(claimed)
  return Buffer.concat([length, Buffer.from(header), body])
}

async function file(name: string, content: Uint8Array): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

const honest = {
  a: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
  b: { dtype: 'F16', shape: [2, 2], data_offsets: [8, 16] },
}
const body = Uint8Array.from([0, 0, 128, 63, 0, 0, 0, 192, 0, 60, 0, 188, 0, 0, 1, 0])

describe('a safetensors file', () => {
  test('gives its tensors as float32, whatever they are stored as', async () => {
    const header = {
      ...{ __metadata__: { format: 'pt' } },
      ...{
        f32: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
        f16: { dtype: 'F16', shape: [3], data_offsets: [4, 10] },
      },
      ...{
        bf16: { dtype: 'BF16', shape: [1], data_offsets: [10, 12] },
        i64: { dtype: 'I64', shape: [], data_offsets: [12, 20] },
      },
    }
    const values = Uint8Array.from([
      0, 0, 32, 65, 0, 124, 1, 0, 0, 188, 73, 192, 255, 255, 255, 255, 255, 255, 255, 255,
    ])
    const entries = await readHeader(await file('kinds.safetensors', bytesOf(JSON.stringify(header), values)))
    const read = async (name: string) => {
      const entry = entries.get(name)
      return entry ? [...(await readTensor(entry)).data] : []
    }
    expect(await read('f32')).toEqual([10])
    expect(await read('f16')).toEqual([Infinity, 2 ** -24, -1])
    expect(await read('bf16')).toEqual([-3.140625])
    expect(await read('i64')).toEqual([-1])
  })

  const liars: [lie: string, message: string, content: () => Buffer][] = [
    ['is shorter than its length field', 'it has 5 bytes, too few for a header', () => Buffer.alloc(5)],
    [
      'claims a header longer than the file',
      'its header claims 999 bytes, the file has only',
      () => bytesOf('{}', body, 999n),
    ],
    [
      'claims an enormous header',
      `its header claims ${2n ** 63n} bytes, more than the allowed ${maxHeaderBytes}`,
      () => bytesOf('{}', body, 2n ** 63n),
    ],
    ['holds no JSON object', 'its header is no JSON object', () => bytesOf('[1]', new Uint8Array())],
    ['holds broken JSON', 'its header is no valid JSON', () => bytesOf('{"a":', new Uint8Array())],
    [
      'holds broken text',
      'its header is no valid UTF-8',
      () => Buffer.from([2, 0, 0, 0, 0, 0, 0, 0, 123, 255]),
    ],
    [
      'ends in the middle of a tensor',
      'it is truncated: its tensors end at byte',
      () => bytesOf(JSON.stringify(honest), body.subarray(0, 10)),
    ],
    [
      'hides bytes behind its tensors',
      'it has bytes that belong to no tensor',
      () => bytesOf(JSON.stringify(honest), new Uint8Array(20)),
    ],
    [
      'names a tensor twice',
      "its header names 'a' twice",
      () => bytesOf('{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"\\u0061":{}}', new Uint8Array()),
    ],
    [
      'names a field twice',
      "its header names 'dtype' twice",
      () => bytesOf('{"a":{"dtype":"U8","dtype":"F32"}}', new Uint8Array()),
    ],
    [
      'is nested deeply',
      'its header is nested 5000 deep',
      () => bytesOf('{"a":'.repeat(5000) + '1' + '}'.repeat(5000), new Uint8Array()),
    ],
    [
      'uses an unknown type',
      "tensor 'a' has the unknown type 'F4'",
      () => bytesOf('{"a":{"dtype":"F4","shape":[],"data_offsets":[0,1]}}', new Uint8Array(1)),
    ],
    [
      'has offsets that differ from its shape',
      "tensor 'a' is F32 [3], that is 12 bytes, its offsets span 8",
      () => bytesOf(JSON.stringify({ a: { ...honest.a, shape: [3] } }), new Uint8Array(8)),
    ],
    [
      'multiplies its shape past 2^53',
      "tensor 'a' is U8 [94906267,94906267]",
      () =>
        bytesOf('{"a":{"dtype":"U8","shape":[94906267,94906267],"data_offsets":[0,1]}}', new Uint8Array(1)),
    ],
    [
      'lets tensors overlap',
      "tensor 'b' starts at byte",
      () =>
        bytesOf(
          JSON.stringify({ a: honest.a, b: { ...honest.b, data_offsets: [4, 12] } }),
          new Uint8Array(12),
        ),
    ],
    [
      'runs backwards',
      "the entry of tensor 'a'",
      () => bytesOf('{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,-1]}}', new Uint8Array(1)),
    ],
  ]
  test.each(liars)('that %s is refused with what is wrong', async (lie, message, content) => {
    const path = await file(`${lie}.safetensors`, content())
    await expect(readHeader(path)).rejects.toThrow(message)
    await expect(readHeader(path)).rejects.toThrow(/^Cannot read .*; download or export the file again$/)
  })

  test('with more tensors than any model has is refused before they are looked at', () => {
    const many = Object.fromEntries(Array.from({ length: 20_001 }, (_, i) => [`t${i}`, 0]))
    const header = Buffer.from(JSON.stringify(many))
    expect(() => parseHeader(header, header.length + 8, 'many')).toThrow(
      'its header lists 20001 tensors, more than the allowed 20000',
    )
  })

  test('that became shorter after its header was read is noticed', async () => {
    const path = await file('shrinking.safetensors', bytesOf(JSON.stringify(honest), body))
    const entry = (await readHeader(path)).get('b')
    await writeFile(path, bytesOf(JSON.stringify(honest), body.subarray(0, 9)))
    await expect(entry && readTensor(entry)).rejects.toThrow("it ends within tensor 'b'")
  })
})

describe('whatever happens to a header', () => {
  const names = fc.constantFrom('a', 'b', '__proto__', 'constructor', '__metadata__')
  const number = fc.oneof(fc.integer({ min: -2, max: 40 }), fc.constantFrom(2 ** 53, 1e308, 0.5, -0))
  const entry = fc.record(
    {
      dtype: fc.constantFrom<unknown>('F32', 'F16', 'U8', 'I64', 'toString', 4, null),
      shape: fc.oneof(fc.array(number, { maxLength: 4 }), fc.constant<unknown>('2')),
      data_offsets: fc.oneof(fc.tuple(number, number), fc.array(number, { maxLength: 3 })),
    },
    { requiredKeys: [] },
  )
  const pairs = fc.array(fc.tuple(names, entry), { maxLength: 4 })
  const headers = pairs.map(
    (list) => `{${list.map(([name, value]) => `"${name}":${JSON.stringify(value)}`).join()}}`,
  )

  /** Either it is refused in our own words, or every tensor lies within the file and none overlaps another. */
  function check(header: Uint8Array, fileSize: number): void {
    try {
      const spans = [...parseHeader(header, fileSize, 'x').values()].toSorted((a, b) => a.offset - b.offset)
      let end = 8 + header.length
      for (const { offset, length } of spans) {
        expect(offset).toBe(end)
        end += length
      }
      expect(end).toBe(fileSize)
    } catch (error) {
      expect(error).toBeInstanceOf(CheckpointError)
    }
  }

  test('it is believed only where all of it is true', () => {
    fc.assert(
      fc.property(headers, fc.nat(100), (text, rest) =>
        check(Buffer.from(text), 8 + Buffer.byteLength(text) + rest),
      ),
      { numRuns: 500 },
    )
  })

  test('one changed byte never leads outside the file', () => {
    const header = Buffer.from(JSON.stringify(honest))
    const mutated = fc
      .tuple(fc.nat(header.length - 1), fc.nat(255))
      .map(([at, byte]) => Buffer.from(header).fill(byte, at, at + 1))
    fc.assert(
      fc.property(mutated, (bytes) => check(bytes, 8 + header.length + body.length)),
      { numRuns: 500 },
    )
  })

  test('random bytes are refused and nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => check(bytes, 100)),
      { numRuns: 500 },
    )
  })
})

describe('the JSON scan', () => {
  test('finds a key twice exactly where an object has it twice', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
        expect(scanJson(JSON.stringify(value)).duplicate).toBeNull()
        expect(scanJson(`{"k":${JSON.stringify(value)},"k":1}`).duplicate).toBe('k')
      }),
    )
  })

  test('takes linear time on a text of quotes and escapes', () => {
    const start = performance.now()
    scanJson(`{"${'\\"'.repeat(2_000_000)}`)
    scanJson('"'.repeat(2_000_000))
    expect(performance.now() - start).toBeLessThan(5000)
  })
})

describe('the weights of a component', () => {
  const part = (name: string) =>
    bytesOf(JSON.stringify({ [name]: { dtype: 'U8', shape: [1], data_offsets: [0, 1] } }), Uint8Array.of(1))

  async function component(name: string, files: Record<string, Uint8Array | string>): Promise<string> {
    const path = await mkdtemp(join(folder, name))
    for (const [file, content] of Object.entries(files)) await writeFile(join(path, file), content)
    return path
  }

  test('are found in shards, behind links', async () => {
    const index = JSON.stringify({ weight_map: { a: 'one.safetensors', b: 'two.safetensors' } })
    const path = await component('shards', {
      'model.safetensors.index.json': index,
      'one.safetensors': part('a'),
      blob: part('b'),
    })
    await symlink(join(path, 'blob'), join(path, 'two.safetensors'))
    const { entries, files } = await readWeights(path)
    expect([...entries.keys()]).toEqual(['a', 'b'])
    expect(files.map((file) => file.slice(path.length + 1))).toEqual(['one.safetensors', 'blob'])
  })

  test('are taken in full precision where they lie there twice', async () => {
    const path = await component('twice', {
      'model.fp16.safetensors': part('half'),
      'model.safetensors': part('full'),
    })
    expect([...(await readWeights(path)).entries.keys()]).toEqual(['full'])
  })

  test('are never read from a pickle', async () => {
    const path = await component('pickled', { 'diffusion_pytorch_model.bin': 'anything' })
    await expect(readWeights(path)).rejects.toThrow(
      'diffusion_pytorch_model.bin is a pickle, which can run code when it is opened and is never read; save the model with safe_serialization=True',
    )
  })

  test('are refused in words, and with the file, where the list of their shards is broken', async () => {
    const name = 'model.safetensors.index.json'
    const refusal = async (index: string) => {
      const path = await component('broken', { [name]: index })
      const error: unknown = await readWeights(path).catch((reason: unknown) => reason)
      return [error instanceof CheckpointError, String(error).replace(path, '')]
    }
    expect(await refusal('{"weight_map": {')).toEqual([
      true,
      expect.stringContaining(`Cannot read /${name}: it is no valid JSON`),
    ])
    expect(await refusal('[]')).toEqual([
      true,
      expect.stringContaining(`Cannot read /${name}: it is no JSON object`),
    ])
    expect(await refusal('{}')).toEqual([
      true,
      expect.stringContaining(`Cannot read /${name}: it has no weight_map from tensor to file`),
    ])
  })

  test('are not looked for outside the folder', async () => {
    const index = JSON.stringify({ weight_map: { a: '../secret.safetensors' } })
    const path = await component('stray', { 'model.safetensors.index.json': index })
    await expect(readWeights(path)).rejects.toThrow(
      "'../secret.safetensors' is no .safetensors file beside it",
    )
  })

  test('that are missing are said to be missing', async () => {
    await expect(readWeights(await component('empty', {}))).rejects.toThrow('it holds no .safetensors file')
  })
})
