import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { samplers } from '#inference/samplers/catalogue.ts'
import { addNoise } from '#inference/samplers/schedule.ts'
import { gaussian } from '#inference/random.ts'
import { tensor } from '#inference/tensor.ts'
import blend from '#nodes/inpaint/blend.ts'
import maskNode from '#nodes/inpaint/mask.ts'
import paste from '#nodes/inpaint/paste.ts'
import { readyFor } from '#nodes/latent-under-way.ts'
import encodeText from '#nodes/text/encode.ts'
import unetStep from '#nodes/sampling/gated-unet-step.ts'
import steps from '#nodes/sampling/steps.ts'
import type { Latent, Mask, Step } from '#nodes/values.ts'
import { fixture } from '../inference/helpers/fixtures.ts'
import { openNodeBench, plain, type NodeBench } from '../helpers/node-bench.ts'

let bench: NodeBench
beforeAll(async () => {
  bench = await openNodeBench(fixture('adapters'))
})
afterAll(() => bench.close())

const shape = [1, 4, 8, 8]
const model = { id: 'small', hash: 'a' }
const clean: Latent = { model, samples: tensor(new Float32Array(256).fill(0.5), shape) }

async function maskOf(...boxes: (readonly [number, number, number, number])[]): Promise<Mask> {
  const values = { latent: clean, boxes: boxes.map((box) => ({ phrase: '', box })) }
  return (await bench.run(maskNode, values))['mask'] as Mask
}

function painted({ width, data }: Mask): string[] {
  return Array.from({ length: data.length / width }, (_, y) =>
    [...data.subarray(y * width, (y + 1) * width)].join(''),
  )
}

describe('InpaintMask', () => {
  it('truncates corners to cells of the latent, the end exclusive, as GLIGEN does', async () => {
    expect(painted(await maskOf([0.2, 0.5, 0.74, 0.99]))).toEqual([
      ...Array<string>(4).fill('11111111'),
      ...Array<string>(3).fill('10000111'),
      '11111111',
    ])
  })

  it('keeps at least one cell of a tiny box', async () => {
    expect((await maskOf([0.99, 0.99, 1, 1])).data.filter((value) => value === 0)).toHaveLength(1)
  })

  it('keeps everything without a box', async () => {
    expect((await maskOf()).data.every((value) => value === 1)).toBe(true)
  })
})

/** The steps of a short run, and the latent it starts from. */
async function loop(sampler: string): Promise<{ step: readonly Step[]; latent: Latent }> {
  const ref = await bench.ref('inpaint')
  const noise = { model: ref, samples: gaussian(7n, shape), seed: 7n }
  const started = await bench.run(steps, { model: ref, noise, sampler, steps: 4 })
  return started as unknown as { step: readonly Step[]; latent: Latent }
}

/** The latent as it would arrive at a step. */
function arriving(latent: Latent, { schedule, index }: Step): Latent {
  return { ...latent, ready: readyFor(schedule, index) }
}

describe('InpaintBlend', () => {
  it.each([...samplers.keys()])(
    'keeps what is kept at the noise of the step, and touches nothing else: %s',
    async (name) => {
      const { step, latent } = await loop(name)
      const mask = await maskOf([0, 0, 0.5, 1])
      const at = step[2]
      if (!at) throw new Error('the run has four steps')
      const values = { step: at, latent: arriving(latent, at), clean, mask }
      const out = (await bench.run(blend, values))['latent'] as Latent
      const noised = addNoise(at.schedule, 2, clean.samples, gaussian(7n, shape, 0x8000_0002))
      out.samples.data.forEach((value, i) => {
        const kept = mask.data[i % 64] === 1
        expect(value).toBe((kept ? noised : latent.samples).data[i])
      })
    },
  )

  it('draws other noise at every step, and the same at every run', async () => {
    const { step, latent } = await loop('ddim')
    const mask = await maskOf()
    const at = async (one: Step | undefined) => {
      const values = { step: one, latent: one && arriving(latent, one), clean, mask }
      return ((await bench.run(blend, values))['latent'] as Latent).samples.data
    }
    expect(await at(step[1])).toEqual(await at(step[1]))
    expect(await at(step[1])).not.toEqual(await at(step[2]))
  })

  it.each([...samplers.keys()])('refuses a latent that has taken the step already: %s', async (name) => {
    const { step, latent } = await loop(name)
    const [first, second] = step
    if (!first || !second) throw new Error('the run has four steps')
    const values = { step: first, latent: arriving(latent, second), clean, mask: await maskOf() }
    await expect(bench.run(blend, values)).rejects.toThrow(
      /^Cannot keep part of a picture at step 1 of [45]: the latent is ready for noise of [\d.]+, the step begins at [\d.]+; put InpaintBlend between Steps and GatedUNetStep/,
    )
  })

  it('averages a mask that is finer than the latent', async () => {
    const { step, latent } = await loop('ddim')
    const fine = { width: 16, height: 16, data: Float32Array.from({ length: 256 }, (_, i) => i % 2) }
    const out = (await bench.run(blend, { step: step[0], latent, clean, mask: fine }))['latent'] as Latent
    expect(new Set(out.known?.mask.data)).toEqual(new Set([0.5]))
  })

  it('refuses a picture of another size, with both', async () => {
    const { step, latent } = await loop('ddim')
    const other = { model, samples: tensor(new Float32Array(64), [1, 4, 4, 4]) }
    await expect(
      bench.run(blend, { step: step[0], latent, clean: other, mask: await maskOf() }),
    ).rejects.toThrow('its latent is [1,4,4,4], the one under way [1,4,8,8]')
  })
})

describe('InpaintPaste', () => {
  it('keeps every pixel of the cells that are kept, and paints the others', async () => {
    const values = {
      image: plain(16, 16, [1, 0, 0]),
      original: plain(16, 16, [0, 0, 1]),
      mask: await maskOf([0, 0, 0.5, 1]),
    }
    const { data } = (await bench.run(paste, values))['image'] as { data: Float32Array }
    for (let pixel = 0; pixel < 256; pixel++)
      expect([...data.subarray(3 * pixel, 3 * pixel + 3)]).toEqual(pixel % 16 < 8 ? [1, 0, 0] : [0, 0, 1])
  })

  it('refuses a picture of another size, with both', async () => {
    const values = { image: plain(16, 16, [1, 0, 0]), original: plain(8, 8, [0, 0, 1]), mask: await maskOf() }
    await expect(bench.run(paste, values)).rejects.toThrow(
      'the original has 8 × 8, the painted picture 16 × 16',
    )
  })
})

describe('GatedUNetStep with a model that was trained for inpainting', () => {
  async function take(latent: Latent, step: Step | undefined) {
    const ref = await bench.ref('inpaint')
    const { conditioning } = await bench.run(encodeText, { model: ref, text: 'a cat' })
    const out = await bench.run(unetStep, {
      model: ref,
      step,
      latent,
      positive: conditioning,
      negative: conditioning,
    })
    return (out['latent'] as Latent).samples.data
  }

  it('reads what is kept: another picture gives another step', async () => {
    const { step, latent } = await loop('ddim')
    const mask = await maskOf([0, 0, 0.5, 1])
    const known = (value: number) => ({
      ...latent,
      known: {
        clean: tensor(new Float32Array(256).fill(value), shape),
        mask: tensor(mask.data, [1, 1, 8, 8]),
      },
    })
    expect(await take(known(1), step[0])).not.toEqual(await take(known(-1), step[0]))
  })

  it('asks for InpaintBlend where nothing says what is kept', async () => {
    const { step, latent } = await loop('ddim')
    await expect(take(latent, step[0])).rejects.toThrow('put InpaintBlend between Steps and this node')
  })
})
