import { describe, expect, it } from 'vitest'
import { encodePreview } from '#server/runner/encode-preview.ts'
import { limits } from '#server/limits.ts'

const grey = (width: number, height: number) => ({
  width,
  height,
  data: new Float32Array(width * height * 3).fill(0.5),
})

describe('a preview', () => {
  it.each([
    [-1, limits.previewSide - 1],
    [0, limits.previewSide],
    [1, limits.previewSide],
  ])('has a side of at most the limit: of the limit and %i, %i', async (more, side) => {
    const { width, height } = await encodePreview(grey(limits.previewSide + more, 128))
    expect([width, Math.abs(height - 128) <= 1]).toEqual([side, true])
  })

  it('keeps its shape when it is made smaller', async () => {
    const { width, height, mime } = await encodePreview(grey(300, 2 * limits.previewSide))
    expect([width, height, mime]).toEqual([150, limits.previewSide, 'image/webp'])
  })
})
