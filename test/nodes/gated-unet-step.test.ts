import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { gaussian } from '#inference/random.ts'
import { mapTensor } from '#inference/tensor.ts'
import unetStep from '#nodes/sampling/gated-unet-step.ts'
import steps from '#nodes/sampling/steps.ts'
import encodeText from '#nodes/text/encode.ts'
import type { Conditioning, Latent, Step } from '#nodes/values.ts'
import { fixture } from '../inference/helpers/fixtures.ts'
import { openNodeBench, type NodeBench } from '../helpers/node-bench.ts'

let bench: NodeBench
let text: Conditioning

beforeAll(async () => {
  bench = await openNodeBench(fixture('adapters'))
  const { conditioning } = await bench.run(encodeText, { model: await bench.ref('none'), text: 'a cat' })
  text = conditioning as Conditioning
})
afterAll(() => bench.close())

async function loop(values: Record<string, unknown>): Promise<{ step: readonly Step[]; latent: Latent }> {
  const model = await bench.ref('none')
  const noise: Latent = { model, samples: gaussian(7n, [1, 4, 8, 8]), seed: 7n }
  const started = await bench.run(steps, { model, noise, steps: 4, ...values })
  return started as unknown as { step: readonly Step[]; latent: Latent }
}

async function take(latent: Latent, step: Step | undefined, positive = text): Promise<Latent> {
  const values = { model: await bench.ref('none'), step, latent, positive, negative: text }
  return (await bench.run(unetStep, values))['latent'] as Latent
}

/** The latent of a run of DDIM over four steps, after its first step. */
async function afterOneStep(): Promise<Latent> {
  const { step, latent } = await loop({ sampler: 'ddim' })
  return take(latent, step[0])
}

describe('GatedUNetStep with a latent from the middle of a run', () => {
  it('goes on with the next step of that run', async () => {
    const { step } = await loop({ sampler: 'ddim' })
    await expect(take(await afterOneStep(), step[1])).resolves.toHaveProperty('samples')
  })

  it.each(['euler', 'unipc'])('refuses a step of another sampler: %s', async (sampler) => {
    const { step } = await loop({ sampler })
    await expect(take(await afterOneStep(), step[1])).rejects.toThrow(
      `Cannot take step 2 of 4: the latent is under way with the sampler 'ddim', the step is of '${sampler}'`,
    )
  })

  it('refuses a step that begins at another noise level, as of a run with more steps', async () => {
    const { step } = await loop({ sampler: 'ddim', steps: 8 })
    await expect(take(await afterOneStep(), step[1])).rejects.toThrow(
      /^Cannot take step 2 of 8: the latent is ready for noise of [\d.]+, the step begins at [\d.]+; begin the loop/,
    )
  })

  it('takes every step of PNDM, which makes the first one twice', async () => {
    const { step, latent } = await loop({ sampler: 'pndm' })
    let under = latent
    for (const one of step) under = await take(under, one)
    expect(step).toHaveLength(5)
  })
})

describe('GatedUNetStep whose network does not answer with numbers', () => {
  it('says so at that step', async () => {
    const { step, latent } = await loop({})
    const broken = { ...text, context: mapTensor(text.context, () => NaN) }
    await expect(take(latent, step[0], broken)).rejects.toThrow(
      'Cannot go on after step 1 of 4: the latent holds numbers that are not finite',
    )
  })
})
