import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Locator } from 'playwright-core'
import { editor, useOneEditor } from './stage.ts'

let dock: Locator

const graph = {
  groundwork: 1,
  nodes: {
    figures: { type: 'grounding/keypoint' },
    steps: { type: 'sampling/steps', values: { steps: 10 } },
    cutoff: {
      type: 'grounding/cutoff-switch',
      values: { on: 0.5, decay: 0.2 },
      inputs: { step: 'steps.step' },
    },
  },
  view: { nodes: { figures: [0, 0], steps: [0, 420], cutoff: [300, 420] } },
}

useOneEditor()
beforeAll(async () => {
  dock = editor.byTestId('canvas-dock')
  await editor.open(graph)
  await editor.node('figures').getByTestId('figure-canvas').hover()
  await editor.node('figures').getByTestId('enlarge').click()
})
beforeEach(async () => {
  await editor.open(graph)
  await dock.locator('[data-figure]').waitFor({ state: 'detached' })
})

const key = (name: string) => editor.page.keyboard.press(name)
const figure = (index = 0) => dock.locator(`[data-figure="${index}"]`)
const point = (index: number) => dock.locator(`[data-point="${index}"]`)
const axis = async (name: string) => Number(await dock.locator(`[data-axis="${name}"]`).inputValue())
const figures = () => dock.locator('[data-figure]').count()
const nose = 0
const leftWrist = 9
const rightWrist = 10

const add = (pose: string) => dock.getByTestId('add-figure').selectOption(pose)

describe('a figure', () => {
  it('begins as a pose, takes another, and is removed', async () => {
    await add('standing')
    await figure().waitFor()
    expect(await figure().getAttribute('aria-label')).toContain('17 of 17 points shown')
    const standing = await axis(`${leftWrist}.y`)
    await dock.locator('[data-pose-of="0"]').selectOption('arms-up')
    await expect.poll(() => axis(`${leftWrist}.y`)).toBeLessThan(standing)
    await figure().focus()
    await key('Delete')
    expect(await figures()).toBe(0)
  })

  it('is posed by dragging its points, as one entry of the history, and moved by dragging its frame', async () => {
    await add('standing')
    const before = await axis(`${leftWrist}.x`)
    const at = await editor.middle(point(leftWrist))
    await editor.drag(at, { x: at.x + 50, y: at.y - 20 })
    expect(await axis(`${leftWrist}.x`)).toBeGreaterThan(before + 0.05)
    const top = await axis(`${nose}.y`)
    await editor.byTestId('undo').click()
    expect([await axis(`${leftWrist}.x`), await axis(`${nose}.y`)]).toEqual([before, top])

    const frame = await figure().boundingBox()
    if (!frame) throw new Error('The figure is not on the page')
    // Beside the head no point is under the hand.
    const corner = { x: frame.x + frame.width * 0.15, y: frame.y + frame.height * 0.06 }
    await editor.drag(corner, { x: corner.x + 30, y: corner.y })
    expect(await axis(`${leftWrist}.x`)).toBeGreaterThan(before + 0.03)
    const wide = (await figure().boundingBox())?.width ?? 0
    const handle = await editor.middle(dock.locator('[data-handle="1,1"]'))
    await editor.drag(handle, { x: handle.x - 40, y: handle.y - 60 })
    expect((await figure().boundingBox())?.width).toBeLessThan(wide)
  })

  it('is posed, moved and scaled by arrow keys, a point by its numbers too', async () => {
    await add('standing')
    await point(rightWrist).focus()
    const before = await axis(`${rightWrist}.x`)
    await key('ArrowRight')
    const one = (await axis(`${rightWrist}.x`)) - before
    await key('Shift+ArrowRight')
    expect((await axis(`${rightWrist}.x`)) - before).toBeGreaterThan(one * 5)
    await dock.locator(`[data-axis="${rightWrist}.x"]`).fill('0.25')
    await dock.locator(`[data-axis="${rightWrist}.x"]`).press('Enter')
    expect(await point(rightWrist).getAttribute('aria-label')).toContain('25 %')

    await figure().focus()
    const head = await axis(`${nose}.y`)
    await key('Shift+ArrowDown')
    expect(await axis(`${nose}.y`)).toBeGreaterThan(head)
    const wide = (await figure().boundingBox())?.width ?? 0
    await key('Control+ArrowDown')
    expect((await figure().boundingBox())?.width).toBeLessThan(wide)
  })

  it('shows and hides a point by a key and by a button', async () => {
    await add('standing')
    await point(nose).focus()
    await key('v')
    expect(await figure().getAttribute('aria-label')).toContain('16 of 17 points shown')
    expect(await point(nose).getAttribute('aria-label')).toContain('not shown')
    await dock.locator(`[data-seen="${nose}"]`).click()
    expect(await figure().getAttribute('aria-label')).toContain('17 of 17 points shown')
    for (let index = 0; index < 17; index++) await dock.locator(`[data-seen="${index}"]`).press('Enter')
    expect(await dock.locator('.remark').textContent()).toContain('Figure 1 shows no point')
  })

  it('is mirrored, duplicated, ordered, cut, pasted, locked and hidden by keys and by buttons', async () => {
    await add('waving')
    const [left, right] = [await axis(`${leftWrist}.y`), await axis(`${rightWrist}.y`)]
    await dock.locator('[data-tool=mirror]').click()
    expect(await axis(`${leftWrist}.y`)).toBe(right)
    await figure().focus()
    await key('m')
    expect([await axis(`${leftWrist}.y`), await axis(`${rightWrist}.y`)]).toEqual([left, right])

    await key('Control+d')
    expect(await figures()).toBe(2)
    await figure(1).focus()
    const copy = await axis(`${nose}.x`)
    await key('[')
    await expect.poll(() => figure(0).getAttribute('aria-pressed')).toBe('true')
    expect(await axis(`${nose}.x`)).toBe(copy)
    await key('Control+x')
    await expect.poll(figures).toBe(1)
    await key('Control+v')
    await expect.poll(() => figure(1).getAttribute('aria-pressed')).toBe('true')
    expect(await axis(`${nose}.x`)).toBe(copy)
    await key('[')
    await expect.poll(() => figure(0).getAttribute('aria-pressed')).toBe('true')
    await key('l')
    expect(await figure(0).getAttribute('aria-label')).toContain('locked')
    await key('h')
    await figure(0).waitFor({ state: 'detached' })
    await dock.locator('[data-entry="0"] [data-mark-button=hidden]').click()
    await figure(0).waitFor()
  })
})

describe('the curve of a gate', () => {
  const stage = (name: string) => editor.node('cutoff').locator(`[data-stage="${name}"]`)
  const end = async (name: string) => Number(await stage(name).getAttribute('aria-valuenow'))
  const shown = async (name: string) =>
    Number(await editor.page.locator(`[data-param="cutoff.${name}"] .number`).getAttribute('aria-valuenow'))

  it('is set by dragging the ends of its stages, as one entry, and its numbers follow', async () => {
    const at = await editor.middle(stage('on'))
    await editor.drag(at, { x: at.x + 30, y: at.y })
    const on = await end('on')
    expect(on).toBeGreaterThan(0.55)
    expect([await shown('on'), await shown('decay')]).toEqual([on, 0.2])
    await editor.byTestId('undo').click()
    expect(await shown('on')).toBe(0.5)
    const decay = await editor.middle(stage('decay'))
    await editor.drag(decay, { x: decay.x + 20, y: decay.y })
    expect(await shown('on')).toBe(0.5)
    expect(await shown('decay')).toBeGreaterThan(0.22)
  })

  it('is set by arrow keys, with Shift by a tenth, and says what it means in steps', async () => {
    await stage('on').focus()
    await key('Shift+ArrowRight')
    await key('ArrowLeft')
    expect(await shown('on')).toBe(0.59)
    await stage('decay').focus()
    await key('Shift+ArrowLeft')
    expect(await shown('decay')).toBeCloseTo(0.1, 9)
    expect(await editor.node('cutoff').getByTestId('gate-curve').locator('p').textContent()).toBe(
      'Full for 5 steps, falling for 0, off for 5',
    )
  })
})
