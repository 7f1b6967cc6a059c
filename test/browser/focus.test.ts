/** Whose keys and presses they are: of what has the focus, and of what stands over the graph. */
import { describe, expect, it } from 'vitest'
import type { Workflow } from '#workflows/format.ts'
import { editor } from './stage.ts'
import { ground, header, key, page, saved, select, show, useGraph } from './graph-page.ts'

const graph: Workflow = {
  groundwork: 1,
  name: 'focus',
  nodes: {
    boxes: {
      type: 'grounding/box',
      values: { boxes: [{ phrase: 'a cat', box: [0.1, 0.1, 0.5, 0.5] }] },
    },
    noise: { type: 'latent/noise' },
    resize: { type: 'image/resize' },
  },
  view: {
    nodes: { boxes: [0, 0], noise: [340, 0], resize: [340, 330] },
    notes: { a: { at: [680, 0], size: [200, 100], text: 'a note' } },
  },
}

useGraph(graph)

const classOf = async (id: string) => (await editor.node(id).getAttribute('class')) ?? ''
const number = (name: string) => page().locator(`[data-param="noise.${name}"] .number`)
const palette = () => editor.byTestId('palette')

describe('a box on a card', () => {
  it('has the keys for itself: its node is neither cut with it nor removed after it', async () => {
    await select('boxes')
    await editor.box(0).focus()
    const boxes = () => editor.node('boxes').locator('[data-box]').count()
    await key('Control+c')
    await key('Delete')
    await expect.poll(boxes).toBe(0)
    await key('Control+v')
    await expect.poll(boxes).toBe(1)
    await key('Control+x')
    await expect.poll(boxes).toBe(0)
    await key('Delete')
    await key('Control+x')
    await editor.node('boxes').waitFor()
    await key('Escape')
    await key('Delete')
    await editor.node('boxes').waitFor({ state: 'detached' })
  })
})

describe('a field', () => {
  it('of choices goes by letters to a choice, and none of them is a command', async () => {
    await select('resize')
    const choice = editor.node('resize').locator('select').first()
    await choice.focus()
    await key('c')
    await key('m')
    expect(await classOf('resize')).not.toContain('collapsed')
    expect(await editor.node('resize').getAttribute('data-mode')).not.toBe('mute')
  })

  it('keeps in its own workflow what was typed when another is turned to', async () => {
    await show({ ...graph, name: 'other' })
    await number('width').focus()
    await key('Enter')
    await page().keyboard.type('640')
    await key('Alt+ArrowLeft')
    await expect.poll(() => editor.byTestId('workflow-name').inputValue()).toBe('focus')
    expect((await saved()).nodes['noise']?.values?.['width']).toBeUndefined()
    await key('Alt+ArrowRight')
    expect((await saved()).nodes['noise']?.values?.['width']).toBe(640)
  })

  it('takes nothing over on Escape: a number has the focus still, a seed is what it was', async () => {
    await number('width').focus()
    await key('Enter')
    await page().keyboard.type('640')
    await key('Escape')
    await page().locator('[data-param="noise.width"] .number:focus').waitFor()
    const seed = page().locator('[data-param="noise.seed"] input')
    const before = await seed.inputValue()
    await seed.fill('99')
    await seed.press('Escape')
    expect(await seed.inputValue()).toBe(before)
    expect((await saved()).nodes['noise']?.values?.['seed']).toBeUndefined()
  })
})

describe('a key that is held', () => {
  it('is one command, but for steps', async () => {
    await select('resize')
    for (let time = 0; time < 4; time++) await page().keyboard.down('c')
    await page().keyboard.up('c')
    expect(await classOf('resize')).toContain('collapsed')
    for (let time = 0; time < 4; time++) await page().keyboard.down('ArrowDown')
    await page().keyboard.up('ArrowDown')
    expect((await saved()).view?.nodes?.['resize']).toEqual([340, 330 + 4 * 8])
  })

  it('is Space only until it is let go, or the window is left', async () => {
    const isHeld = () => editor.byTestId('graph').and(page().locator('.space')).count()
    await editor.byTestId('graph').focus()
    await page().keyboard.down(' ')
    await expect.poll(isHeld).toBe(1)
    await number('width').focus()
    await page().keyboard.up(' ')
    await expect.poll(isHeld).toBe(0)
    await editor.byTestId('graph').focus()
    await page().keyboard.down(' ')
    await expect.poll(isHeld).toBe(1)
    await page().evaluate(() => window.dispatchEvent(new Event('blur')))
    await expect.poll(isHeld).toBe(0)
    await page().keyboard.up(' ')
  })
})

describe('what stands over the graph', () => {
  it('closes when something else is pressed, in the graph or beside it, and when another graph is shown', async () => {
    const open = async () => {
      await editor.byTestId('graph').focus()
      await key('a')
      await palette().waitFor()
    }
    const closed = () => palette().waitFor({ state: 'detached' })
    const { x, y } = await ground(300)
    await page().mouse.move(x, y)
    await open()
    await editor.box(0).click()
    await closed()
    await open()
    await editor.byTestId('dock-queue').click()
    await closed()
    await editor.byTestId('dock-result').click()
    await editor.byTestId('graph').focus()
    await key('Shift+F10')
    await editor.byTestId('graph-menu').waitFor()
    await key('Alt+n')
    await editor.byTestId('graph-menu').waitFor({ state: 'detached' })
  })
})

describe('a note that is selected', () => {
  it('is nothing to run to', async () => {
    await page().locator('[data-note=a]').click()
    await editor.byTestId('run-menu').click()
    await page().locator('[data-testid=run-to][data-disabled]').waitFor()
    await key('Escape')
    await header('noise').click()
    await editor.byTestId('run-menu').click()
    await page().locator('[data-testid=run-to]:not([data-disabled])').waitFor()
    await key('Escape')
  })
})
