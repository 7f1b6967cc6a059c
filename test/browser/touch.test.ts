import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Browser, Locator } from 'playwright-core'
import { EditorPage, launch } from './editor-page.ts'
import { Fingers } from './fingers.ts'
import { serve, type Served } from './serve.ts'

let server: Served
let browser: Browser
let editor: EditorPage
let fingers: Fingers

beforeAll(async () => {
  ;[server, browser] = await Promise.all([serve(), launch()])
  editor = await EditorPage.open(browser, server.url)
  fingers = await Fingers.on(editor)
})
afterAll(async () => {
  expect(editor.complaints).toEqual([])
  await browser.close()
  await server.stop()
})

const graph = {
  groundwork: 1,
  nodes: {
    model: { type: 'model/load' },
    noise: { type: 'latent/noise' },
    boxes: {
      type: 'grounding/box',
      values: { boxes: [{ phrase: 'a cat', box: [0.1, 0.1, 0.5, 0.5] }] },
    },
    figures: { type: 'grounding/keypoint' },
  },
  view: { nodes: { model: [0, 0], noise: [340, 0], boxes: [680, 0], figures: [0, 300] } },
}

const socket = (port: string, side: 'in' | 'out') =>
  editor.page.locator(`[data-socket="${port}"][data-side="${side}"]`)
const placeOf = async (locator: Locator) =>
  (await locator.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }
const zoom = async () => Number(await editor.byTestId('graph').getAttribute('data-zoom'))

/** A free point of the graph: well below the second card. */
async function ground(): Promise<{ x: number; y: number }> {
  const { x, y } = await editor.middle(editor.node('noise'))
  return { x, y: y + 280 }
}

describe('fingers on the graph', () => {
  it('pan it with one, and pan and zoom it with two', async () => {
    await editor.open(graph)
    await editor.page.locator('[data-testid=graph][data-settled=true]').waitFor()
    const before = await placeOf(editor.node('model'))
    const from = await ground()
    await fingers.drag(from, { x: from.x + 60, y: from.y - 40 })
    await expect.poll(async () => (await placeOf(editor.node('model'))).x).toBeCloseTo(before.x + 60, 0)
    const was = await zoom()
    await fingers.pinch(from, 200, 120)
    await expect.poll(zoom).toBeCloseTo(was * 0.6, 2)
    await fingers.pinch(from, 120, 200, { x: from.x - 60, y: from.y + 40 })
    await expect.poll(zoom).toBeCloseTo(was, 2)
    await expect.poll(async () => (await placeOf(editor.node('model'))).x).toBeCloseTo(before.x, 0)
  })

  it('select a card, move it, link its sockets, and open its menu with a long press', async () => {
    const header = editor.node('noise').locator('header')
    const at = await editor.middle(header)
    await fingers.tap(at)
    await editor.page.locator('.card.selected[data-node=noise]').waitFor()
    await fingers.drag(at, { x: at.x, y: at.y + 80 })
    await expect.poll(async () => (await editor.middle(header)).y).toBeCloseTo(at.y + 80, -1)
    await fingers.drag(
      await editor.middle(socket('model.model', 'out')),
      await editor.middle(socket('noise.model', 'in')),
    )
    await editor.page.locator('[data-socket="noise.model"].linked').waitFor()

    await fingers.down(await editor.middle(header))
    const menu = editor.byTestId('graph-menu')
    await menu.waitFor()
    await fingers.up()
    await fingers.tap(await editor.middle(menu.locator('[data-command=collapse]')))
    await menu.waitFor({ state: 'detached' })
    expect(await editor.page.locator('.card.collapsed').count()).toBe(1)
  })
})

describe('fingers on the canvas', () => {
  it('draw a box, move it and stretch it; two zoom and draw nothing', async () => {
    await fingers.tap(await editor.middle(editor.node('boxes').getByTestId('enlarge')))
    const dock = editor.byTestId('canvas-dock')
    await dock.waitFor()
    const boxes = dock.locator('[data-box]')
    const area = await placeOf(dock.locator('.paper'))
    const on = (x: number, y: number) => ({ x: area.x + x * area.width, y: area.y + y * area.height })

    await fingers.drag(on(0.6, 0.6), on(0.8, 0.8))
    await expect.poll(() => boxes.count()).toBe(2)
    const drawn = await placeOf(boxes.nth(1))
    await fingers.drag(on(0.7, 0.7), on(0.75, 0.7))
    await expect.poll(async () => (await placeOf(boxes.nth(1))).x).toBeGreaterThan(drawn.x + 10)
    await fingers.drag(on(0.85, 0.8), on(0.95, 0.9))
    await expect.poll(async () => (await placeOf(boxes.nth(1))).width).toBeGreaterThan(drawn.width + 10)

    await fingers.pinch(on(0.3, 0.8), 40, 80)
    await expect
      .poll(async () => (await placeOf(dock.locator('.paper'))).width)
      .toBeCloseTo(area.width * 2, -1)
    expect(await boxes.count()).toBe(2)
  })

  it('pose a figure by its points', async () => {
    await fingers.tap(await editor.middle(editor.node('figures').locator('header')))
    const dock = editor.byTestId('canvas-dock')
    await dock.getByTestId('add-figure').selectOption('standing')
    const wrist = dock.locator('[data-point="9"]')
    const at = await editor.middle(wrist)
    await fingers.drag(at, { x: at.x + 40, y: at.y - 30 })
    await expect.poll(async () => (await editor.middle(wrist)).x).toBeCloseTo(at.x + 40, -1)
  })
})
