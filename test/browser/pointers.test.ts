import { readFile } from 'node:fs/promises'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Locator } from 'playwright-core'
import type { Workflow } from '#workflows/format.ts'
import { Fingers } from './fingers.ts'
import { editor, server, useOneEditor } from './stage.ts'

let fingers: Fingers

useOneEditor()
beforeAll(async () => {
  fingers = await Fingers.on(editor)
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

describe('a second finger', () => {
  const placed = {
    groundwork: 1,
    nodes: {
      resize: { type: 'image/resize' },
      gate: { type: 'grounding/cutoff-switch' },
      boxes: graph.nodes.boxes,
    },
    view: { nodes: { resize: [0, 0], gate: [340, 0], boxes: [680, 0] } },
  }
  beforeEach(async () => {
    await editor.open(placed)
    await editor.page.locator('[data-testid=graph][data-settled=true]').waitFor()
  })

  it.each([
    ['the scrub of a number', '[data-param="resize.width"] .number'],
    ['the drag of a gate', '[data-testid=gate-curve] [data-stage=on]'],
    ['the drawing on the canvas of a card', '[data-node=boxes] .room'],
    ['the drag of a link', '[data-socket="resize.image"][data-side=out]'],
    ['the drag of a card', '[data-node=resize] header'],
  ])('zooms, and what the first began is taken back: %s', async (_, place) => {
    const was = await zoom()
    const from = await editor.middle(editor.page.locator(place))
    await fingers.dragThenSpread(from, { x: from.x + 40, y: from.y + 20 }, 120)
    await expect.poll(zoom).toBeGreaterThan(was * 1.2)
    expect(await editor.byTestId('undo').isDisabled()).toBe(true)
    expect(await editor.page.locator('.graph.linking, [data-testid=palette]').count()).toBe(0)
  })
})

describe('fingers on the canvas', () => {
  beforeEach(() => editor.open(graph))

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
    await fingers.tap(await editor.middle(editor.node('figures').getByTestId('enlarge')))
    const dock = editor.byTestId('canvas-dock')
    await dock.getByTestId('add-figure').selectOption('standing')
    const wrist = dock.locator('[data-point="9"]')
    const at = await editor.middle(wrist)
    await fingers.drag(at, { x: at.x + 40, y: at.y - 30 })
    await expect.poll(async () => (await editor.middle(wrist)).x).toBeCloseTo(at.x + 40, -1)
  })
})

describe('a trackpad and a mouse', () => {
  beforeEach(async () => {
    await editor.open(graph)
    await editor.page.locator('[data-testid=graph][data-settled=true]').waitFor()
  })

  it('pan with two fingers, the middle button or Space, and zoom with a pinch or a wheel at the pointer', async () => {
    const model = () => placeOf(editor.node('model'))
    const at = await ground()
    const { keyboard, mouse } = editor.page
    const whole = await zoom()
    await mouse.move(at.x, at.y)
    await mouse.wheel(0, -120) // first: within a gesture of fingers a notch would be one of theirs
    await expect.poll(zoom).toBeGreaterThan(whole * 1.1)
    const near = await zoom()
    await keyboard.press('Home')
    await expect.poll(zoom).toBeLessThan(near)
    const before = await model()

    await mouse.wheel(30, -12)
    await expect.poll(async () => (await model()).x).toBeCloseTo(before.x - 30, 0)
    expect((await model()).y).toBeCloseTo(before.y + 12, 0)

    const was = await zoom()
    await keyboard.down('Control')
    await mouse.wheel(0, 20)
    await keyboard.up('Control')
    await expect.poll(zoom).toBeCloseTo(was * Math.exp(-0.2), 3)
    const { x } = await model()
    expect((at.x - x) / (at.x - (before.x - 30))).toBeCloseTo(Math.exp(-0.2), 2)

    await keyboard.press('Home')
    await expect.poll(async () => (await model()).x).toBeCloseTo(before.x, 0)
    await mouse.move(at.x, at.y)
    await mouse.down({ button: 'middle' })
    await mouse.move(at.x + 40, at.y, { steps: 4 })
    await mouse.up({ button: 'middle' })
    await expect.poll(async () => (await model()).x).toBeCloseTo(before.x + 40, 0)
    await keyboard.down('Space')
    const card = await editor.middle(editor.node('noise').locator('header'))
    await editor.drag(card, { x: card.x - 40, y: card.y })
    await keyboard.up('Space')
    await expect.poll(async () => (await model()).x).toBeCloseTo(before.x, 0)
  })

  it('link to the nearest socket that fits when a link is let go over a card', async () => {
    const card = await placeOf(editor.node('noise'))
    const from = await editor.middle(socket('model.model', 'out'))
    await editor.drag(from, { x: card.x + card.width * 0.6, y: card.y + card.height * 0.7 })
    await editor.page.locator('[data-socket="noise.model"].linked').waitFor()
  })

  it('rename a card by its header', async () => {
    const header = editor.node('noise').locator('header')
    await header.dblclick()
    await editor.page.keyboard.type('Some noise')
    await editor.page.keyboard.press('Enter')
    await header.getByText('Some noise').waitFor()
  })

  it('collapse a card, and mute, bypass and colour it from its menu', async () => {
    const card = editor.node('noise')
    const choose = async (entry: string) => {
      await card.locator('header').click({ button: 'right' })
      await editor.byTestId('graph-menu').locator(entry).click()
    }
    await choose('[data-command=mute]')
    expect(await card.getAttribute('data-mode')).toBe('mute')
    await choose('[data-command=bypass]')
    expect(await card.getAttribute('data-mode')).toBe('bypass')
    const plain = await card.getAttribute('style')
    await choose('[data-colour=teal]')
    await expect.poll(() => card.getAttribute('style')).not.toBe(plain)
    await card.locator('header button').first().click()
    await editor.page.locator('.card.collapsed[data-node=noise]').waitFor()
  })

  it('write a note where the menu of the ground was opened, move it, make it larger and write it anew', async () => {
    const at = await ground()
    await editor.page.mouse.click(at.x, at.y, { button: 'right' })
    await editor.byTestId('graph-menu').locator('[data-command=note]').click()
    await editor.page.keyboard.type('*first*')
    await editor.page.keyboard.press('Escape')
    const note = editor.page.locator('[data-note]')
    await note.locator('em').waitFor()
    const before = await placeOf(note)
    const grip = { x: before.x + 12, y: before.y + 6 }
    await editor.drag(grip, { x: grip.x + 50, y: grip.y })
    await expect.poll(async () => (await placeOf(note)).x).toBeCloseTo(before.x + 50, -1)
    const corner = await editor.middle(note.locator('.corner'))
    await editor.drag(corner, { x: corner.x + 40, y: corner.y })
    expect((await placeOf(note)).width).toBeCloseTo(before.width + 40, -1)
    await note.dblclick()
    await editor.page.keyboard.press('Control+a')
    await editor.page.keyboard.type('**second**')
    await editor.page.keyboard.press('Escape')
    await note.locator('strong').waitFor()
  })
})

describe('the clipboard', () => {
  it('brings nodes to another window as JSON text, those of unknown kinds with all that they hold', async () => {
    const odd = {
      type: 'image/sparkle',
      values: { amount: 3, deep: [1, { two: 2 }] },
      inputs: { odd: 'noise.latent' },
    }
    await editor.open({ ...graph, nodes: { ...graph.nodes, odd } })
    await editor.page.keyboard.press('Escape')
    await editor.byTestId('graph').focus()
    await editor.page.keyboard.press('Control+a')
    await editor.page.keyboard.press('Control+c')
    await editor.byTestId('notice').filter({ hasText: 'Copied' }).first().waitFor()

    const other = await editor.page.context().newPage()
    await other.goto(server.url)
    await other.locator('[data-node=boxes]').waitFor()
    await other.getByTestId('graph').focus()
    await other.keyboard.press('Control+v')
    await other.locator('[data-node=odd]').waitFor()
    const waiting = other.waitForEvent('download')
    await other.getByTestId('file-menu').click()
    await other.getByTestId('export-json').click()
    const path = await (await waiting).path()
    const { nodes } = JSON.parse(await readFile(path, 'utf8')) as Workflow
    expect(nodes['odd']?.values).toEqual(odd.values)
    expect(nodes['noise2'] ?? nodes['noise1']).toBeDefined()
    await other.close()
  })
})
