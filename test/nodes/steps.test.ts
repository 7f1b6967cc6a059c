import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { gaussian } from '#inference/random.ts'
import { zeros } from '#inference/tensor.ts'
import steps from '#nodes/sampling/steps.ts'
import type { Latent, ModelRef, Step } from '#nodes/values.ts'
import { fixture } from '../inference/helpers/fixtures.ts'
import { openNodeBench, type NodeBench } from '../helpers/node-bench.ts'

let bench: NodeBench
let karras: NodeBench

beforeAll(async () => {
  ;[bench, karras] = await Promise.all([
    openNodeBench(fixture('adapters')),
    openNodeBench(fixture('adapters')),
  ])
  const file = join(karras.folder, 'scheduler/scheduler_config.json')
  const config = JSON.parse(await readFile(file, 'utf8')) as object
  await writeFile(file, JSON.stringify({ ...config, use_karras_sigmas: true }))
})
afterAll(() => Promise.all([bench.close(), karras.close()]))

async function begin(
  { ref, run }: NodeBench,
  values: object,
): Promise<{ step: readonly Step[]; latent: Latent }> {
  const model = await ref('none')
  const noise: Latent = { model, samples: gaussian(7n, [1, 4, 8, 8]), seed: 7n }
  const started = await run(steps, { model, noise, steps: 4, ...values })
  return started as unknown as { step: readonly Step[]; latent: Latent }
}

/** A clean picture of so many cells. */
function picture(model: ModelRef, width: number, height: number): Latent {
  return { model, samples: zeros([1, 4, height, width]) }
}

describe('Steps', () => {
  it('refuses more steps than the schedule has room for', async () => {
    await expect(begin(bench, { sampler: 'unipc', schedule: 'linspace', steps: 1000 })).rejects.toThrow(
      "Cannot plan 1000 steps of unipc: at most 999 steps of the spacing 'linspace' differ from one another",
    )
  })
})

describe('Steps with a model whose scheduler file asks for Karras levels', () => {
  const times = async (at: NodeBench, schedule: string) =>
    (await begin(at, { sampler: 'euler', schedule })).step.map(({ timestep }) => timestep)

  it.each(['leading', 'linspace', 'trailing'])('spreads them as it is told to: %s', async (schedule) => {
    expect(await times(karras, schedule)).toEqual(await times(bench, schedule))
  })

  it('asks the file where it is told nothing', async () => {
    expect(await times(karras, 'model')).toEqual(await times(bench, 'karras'))
    expect(await times(karras, 'model')).not.toEqual(await times(bench, 'model'))
  })
})

describe('Steps with a picture to start from', () => {
  it('refuses one of another size than the noise, in pixels, and says what to do', async () => {
    const model = await bench.ref('none')
    const { vaeScale } = (await bench.model('none')).limits
    await expect(begin(bench, { latent: picture(model, 16, 12) })).rejects.toThrow(
      `Cannot start from a picture of ${16 * vaeScale} × ${12 * vaeScale} px: the noise is for ${8 * vaeScale} × ${8 * vaeScale}; ` +
        'give LatentNoise the size of the picture, or put a Resize node before VAEEncode',
    )
  })

  it("takes one from the same model's other adapter, and refuses one from another model by name", async () => {
    const other = await bench.ref('inpaint')
    expect(other.hash).not.toBe((await bench.ref('none')).hash)
    await expect(begin(bench, { latent: picture(other, 8, 8) })).resolves.toHaveProperty('latent')
    const strange = { id: 'strange', hash: 'b' }
    await expect(begin(bench, { latent: picture(strange, 8, 8) })).rejects.toThrow(
      "Cannot start from a picture: its latent was made with model 'strange', the steps use 'small' (none), wire one model to both",
    )
  })
})
