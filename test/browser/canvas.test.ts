import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Browser, Locator } from 'playwright-core'
import { EditorPage, launch } from './editor-page.ts'
import { serve, type Served } from './serve.ts'

let server: Served
let browser: Browser
let editor: EditorPage
let dock: Locator

beforeAll(async () => {
  ;[server, browser] = await Promise.all([serve(), launch()])
  editor = await EditorPage.open(browser, server.url)
  await editor.node('boxes').getByTestId('box-canvas').hover()
  await editor.node('boxes').getByTestId('enlarge').click()
  dock = editor.byTestId('canvas-dock')
  await dock.waitFor()
})

afterAll(async () => {
  await browser.close()
  await server.stop()
})

const corner = async (name: string) => Number(await dock.locator(`[data-corner="${name}"]`).inputValue())
const count = () => dock.locator('[data-entry]').count()
const undo = () => editor.byTestId('undo').click()

it('a drag with the mouse moves a box on the canvas, the card and in the numbers, as one entry of the history', async () => {
  const grip = await editor.middle(dock.locator('[data-box="0"]'))
  await editor.drag(grip, { x: grip.x + 60, y: grip.y })
  expect(await corner('x0')).toBeGreaterThan(0.1)
  await undo()
  expect(await corner('x0')).toBe(0.08)
})

it('arrow keys move a box by a pixel, and ten with Shift; numbers typed move it too', async () => {
  await dock.locator('[data-box="0"]').focus()
  await editor.page.keyboard.press('ArrowRight')
  const one = await corner('x0')
  await editor.page.keyboard.press('Shift+ArrowRight')
  expect((await corner('x0')) - one).toBeGreaterThan((one - 0.08) * 5)
  await dock.locator('[data-corner="x0"]').fill('0.2')
  await dock.locator('[data-corner="x0"]').press('Enter')
  expect(await dock.locator('[data-box="0"]').getAttribute('aria-label')).toContain('from 20 %')
})

it('a key adds a box, which says that it has no phrase until it is typed, and another removes it', async () => {
  await dock.getByRole('group', { name: 'Boxes on the picture' }).focus()
  await editor.page.keyboard.press('n')
  expect(await count()).toBe(4)
  expect(await dock.locator('[data-entry="3"]').getAttribute('data-kind')).toBe('fault')
  await dock.locator('[data-phrase="3"]').fill('a dragon')
  expect(await dock.locator('[data-entry="3"]').getAttribute('data-kind')).toBe('warning')
  await dock.locator('[data-box="3"]').focus()
  await editor.page.keyboard.press('Delete')
  expect(await count()).toBe(3)
})

it('a box is drawn over another with Ctrl, and a locked one is not moved', async () => {
  const grip = await editor.middle(dock.locator('[data-box="1"]'))
  await editor.page.keyboard.down('Control')
  await editor.drag(grip, { x: grip.x + 40, y: grip.y + 40 })
  await editor.page.keyboard.up('Control')
  expect(await count()).toBe(4)
  await undo()
  expect(await count()).toBe(3)
  await dock.locator('[data-entry="1"] [data-mark-button="locked"]').click()
  const before = await dock.locator('[data-box="1"]').getAttribute('style')
  await editor.drag(grip, { x: grip.x + 4, y: grip.y + 1 })
  expect(await dock.locator('[data-box="1"]').getAttribute('style')).toBe(before)
  expect(editor.complaints).toEqual([])
})
