import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import box from '#nodes/grounding/box.ts'
import image from '#nodes/grounding/image.ts'
import keypoint from '#nodes/grounding/keypoint.ts'
import merge from '#nodes/grounding/merge.ts'
import reportNode from '#nodes/grounding/report.ts'
import style from '#nodes/grounding/style.ts'
import type { BoxInputs } from '#inference/grounding.ts'
import type { Grounding } from '#nodes/values.ts'
import { fixture } from '../inference/helpers/fixtures.ts'
import { openNodeBench, plain, type NodeBench } from '../helpers/node-bench.ts'
import { writeTinyDetector } from '../helpers/tiny-detector.ts'

let bench: NodeBench
beforeAll(async () => {
  bench = await openNodeBench(fixture('adapters'))
  await writeTinyDetector(bench.folder)
  bench.pictures.set(red, plain(20, 10, [1, 0, 0]))
})
afterAll(() => bench.close())

const red = 'aa'.repeat(32)
const left = [0, 0, 0.5, 1]
const right = [0.5, 0, 1, 1]

async function grounding(node: Parameters<NodeBench['run']>[0], values: object, adapter = 'boxes') {
  const { grounding } = await bench.run(node, { model: await bench.ref(adapter), ...values })
  return grounding as Grounding & { readonly inputs: BoxInputs }
}

function taken({ inputs }: { readonly inputs: BoxInputs }) {
  const first = (mask: { readonly data: Float32Array } | undefined) => [...(mask?.data.subarray(0, 3) ?? [])]
  return { slots: first(inputs.masks), texts: first(inputs.phraseMasks), pictures: first(inputs.imageMasks) }
}

describe('BoxGrounding', () => {
  it('takes phrases, and a picture where a box has one', async () => {
    const boxes = [
      { phrase: 'a cat', box: left },
      { phrase: '', box: right, image: red },
    ]
    expect(taken(await grounding(box, { boxes }))).toEqual({
      slots: [1, 1, 0],
      texts: [1, 0, 0],
      pictures: [0, 1, 0],
    })
  })

  it('shows what of its phrases is too long for the model, each once', async () => {
    const before = bench.shown.length
    const long = (end: string) => `${'a cat '.repeat(20)}${end}`
    const boxes = [long('on a mat'), 'a dog', long('on a mat'), long('in a hat')]
    await grounding(box, { boxes: boxes.map((phrase) => ({ phrase, box: left })) })
    expect(bench.shown.slice(before)).toEqual([
      expect.stringMatching(/^Too long, left out: [a cat]+on a mat; [a cat]+in a hat$/),
    ])
    await grounding(box, { boxes: [{ phrase: 'a dog', box: left }] })
    expect(bench.shown).toHaveLength(before + 1)
  })

  it('is off without a box', async () => {
    expect((await grounding(box, { boxes: [] })).strength).toBe(0)
  })

  it('says which adapter cannot take a picture, and where to choose another', async () => {
    await expect(
      grounding(box, { boxes: [{ phrase: 'a cat', box: left, image: red }] }, 'inpaint'),
    ).rejects.toThrow(
      "Cannot ground by pictures in boxes with model 'small' (inpaint): it is grounded by phrases in boxes and a kept part of a picture, choose another adapter or model in LoadModel",
    )
  })
})

describe('ImageGrounding', () => {
  it('gives the wired picture to the boxes that have none of their own', async () => {
    const boxes = [
      { phrase: '', box: left, image: red },
      { phrase: '', box: right },
    ]
    const wired = await grounding(image, { boxes, image: plain(8, 8, [0, 1, 0]) })
    expect(taken(wired)).toEqual({ slots: [1, 1, 0], texts: [0, 0, 0], pictures: [1, 1, 0] })
    const features = wired.inputs.images?.data
    expect(features?.subarray(0, 20)).not.toEqual(features?.subarray(20, 40))
    expect(wired.entities).toEqual(boxes)
  })

  it('weighs phrase and picture by the masks of the box', async () => {
    const boxes = [{ phrase: 'a cat', box: left, image: red, textMask: 0, imageMask: 0.5 }]
    expect(taken(await grounding(image, { boxes }))).toEqual({
      slots: [1, 0, 0],
      texts: [0, 0, 0],
      pictures: [0.5, 0, 0],
    })
  })

  it('asks what stands in a box that nothing tells of', async () => {
    await expect(grounding(image, { boxes: [{ phrase: ' ', box: left }] })).rejects.toThrow(
      'Cannot ground box 1: nothing says what stands in it',
    )
  })
})

describe('StyleGrounding', () => {
  it('is one slot with a picture and no phrase, at the point the authors use', async () => {
    const styled = await grounding(style, { image: plain(8, 8, [0, 0, 1]), weight: 0.5 })
    expect(taken(styled)).toEqual({ slots: [1, 0, 0], texts: [0, 0, 0], pictures: [0.5, 0, 0] })
    expect([...styled.inputs.boxes.data.subarray(0, 4)]).toEqual([0, 1, 0, 1])
    expect(styled.entities).toEqual([])
  })
})

describe('GroundingMerge', () => {
  it('is the same as one node that has all boxes', async () => {
    const boxes = [
      { phrase: 'a cat', box: left },
      { phrase: 'dog', box: right, image: red },
    ]
    const [first, second, both] = [
      await grounding(box, { boxes: boxes.slice(0, 1) }),
      await grounding(box, { boxes: boxes.slice(1) }),
      await grounding(box, { boxes }),
    ]
    expect((await bench.run(merge, { first, second }))['grounding']).toEqual(both)
  })

  it('leaves out what is off', async () => {
    const off = await grounding(box, { boxes: [] })
    const on = await grounding(box, { boxes: [{ phrase: 'a cat', box: left }] })
    expect((await bench.run(merge, { first: off, second: on }))['grounding']).toEqual(on)
  })

  it('refuses groundings of two adapters, by name', async () => {
    const first = await grounding(box, { boxes: [{ phrase: 'a cat', box: left }] })
    const second = await grounding(keypoint, { figures: [pose] }, 'keypoints')
    await expect(bench.run(merge, { first, second })).rejects.toThrow(
      "one was made with model 'small' (boxes), another with 'small' (keypoints)",
    )
  })

  it('refuses more entities than the model has slots', async () => {
    const many = (count: number) => Array.from({ length: count }, () => ({ phrase: 'cat', box: left }))
    const first = await grounding(box, { boxes: many(20) })
    const second = await grounding(box, { boxes: many(11) })
    await expect(bench.run(merge, { first, second })).rejects.toThrow(
      'together they have 31 entities, the model has 30 slots',
    )
  })
})

const pose = Array.from({ length: 17 }, (_, i) => [0.3 + 0.01 * i, 0.2 + 0.03 * i])

describe('KeypointGrounding', () => {
  it('gives every figure 17 slots and the model room for more', async () => {
    const posed = await grounding(keypoint, { figures: [pose] }, 'keypoints')
    expect(posed.inputs.masks.shape).toEqual([1, 51])
    expect(posed.inputs.masks.data.reduce((sum, mask) => sum + mask, 0)).toBe(17)
  })

  it('says that a model is grounded by boxes', async () => {
    await expect(grounding(keypoint, { figures: [pose] })).rejects.toThrow(
      "Cannot ground by keypoints with model 'small' (boxes): it is grounded by phrases in boxes, pictures in boxes",
    )
  })
})

describe('GroundingReport', () => {
  it('measures a picture by the detector of its model, as data, picture and numbers', async () => {
    const asked = await grounding(box, {
      boxes: [
        { phrase: 'a cat', box: left },
        { phrase: 'a cat', box: right },
      ],
    })
    const picture = plain(16, 16, [0, 0, 0])
    for (let i = 0; i < 16 * 16; i++) picture.data[i * 3 + (i % 16 < 8 ? 0 : 1)] = 1
    const { report, image, found, iou } = await bench.run(reportNode, { image: picture, grounding: asked })
    expect([found, iou]).toEqual([0.5, 0.5])
    expect(JSON.parse(String(report))).toMatchObject({
      found: 1,
      of: 2,
      entities: [{ found: true }, { found: false, sees: { kind: 'dog' } }],
    })
    expect(image).toMatchObject({ width: 512, height: 512 })
    expect(bench.shown.at(-1)).toBe("1 of 2 found; mean IoU 0.5; missed 'a cat' (sees dog, IoU 1)")
  })
})
