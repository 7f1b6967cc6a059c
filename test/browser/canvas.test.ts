import sharp from 'sharp'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Locator } from 'playwright-core'
import { editor, useOneEditor } from './stage.ts'
import { changed, quick } from './stories.ts'

let dock: Locator

useOneEditor()
beforeAll(async () => {
  await editor.node('boxes').getByTestId('box-canvas').hover()
  await editor.node('boxes').getByTestId('enlarge').click()
  dock = editor.byTestId('canvas-dock')
  await dock.waitFor()
})
beforeEach(async () => {
  await editor.open(quick('boxes', 701))
  await expect.poll(count).toBe(3)
})

const key = (name: string) => editor.page.keyboard.press(name)
const box = (index: number) => dock.locator(`[data-box="${index}"]`)
const entry = (index: number) => dock.locator(`[data-entry="${index}"]`)
const corner = async (name: string) => Number(await dock.locator(`[data-corner="${name}"]`).inputValue())
const phrase = (index: number) => dock.locator(`[data-phrase="${index}"]`).inputValue()
const phrases = async () => Promise.all([...Array(await count()).keys()].map(phrase))
const count = () => dock.locator('[data-entry]').count()
const undo = () => editor.byTestId('undo').click()
const paper = () => dock.locator('.paper')
const placeOf = async (locator: Locator) =>
  (await locator.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }

async function typeCorner(name: string, value: string): Promise<void> {
  await dock.locator(`[data-corner="${name}"]`).fill(value)
  await dock.locator(`[data-corner="${name}"]`).press('Enter')
}

/** What is said of the selected box. */
const remark = () => dock.locator('.remark').textContent()

describe('the large canvas', () => {
  it('opens with Enter on the node, and with a double click on a card too small for its button', async () => {
    const graph = editor.byTestId('graph')
    await editor.byTestId('close-canvas').click()
    await editor.node('boxes').locator('header').click()
    await key('Enter')
    const ground = dock.getByRole('group', { name: 'Boxes on the picture' })
    await ground.and(editor.page.locator(':focus')).waitFor()
    await editor.byTestId('close-canvas').click()
    await graph.focus()
    await key('Home')
    for (let notch = 0; notch < 4; notch++) await key('-')
    await editor.page.locator('[data-node=boxes][data-detail=lite]').waitFor()
    await editor.node('boxes').dblclick()
    await dock.waitFor()
    await graph.focus()
    await key('Home')
  })
})

describe('a box', () => {
  it('moves with the mouse on the canvas, the card and in the numbers, as one entry of the history', async () => {
    const grip = await editor.middle(box(0))
    await editor.drag(grip, { x: grip.x + 60, y: grip.y })
    expect(await corner('x0')).toBeGreaterThan(0.1)
    await undo()
    expect(await corner('x0')).toBe(0.08)
  })

  it('is drawn with the mouse where there is none, and named with a key', async () => {
    const area = await placeOf(paper())
    const on = (x: number, y: number) => ({ x: area.x + x * area.width, y: area.y + y * area.height })
    await editor.drag(on(0.02, 0.04), on(0.3, 0.3))
    expect(await count()).toBe(4)
    expect([await corner('x0'), await corner('y1')]).toEqual([
      expect.closeTo(0.02, 1),
      expect.closeTo(0.3, 1),
    ])
    await box(0).focus()
    await key('F2')
    await key('Control+a')
    await editor.page.keyboard.type('a castle')
    expect(await phrase(0)).toBe('a castle')
    await box(1).focus()
    await key('Enter')
    await dock.locator('[data-phrase="1"]:focus').waitFor()
  })

  it('moves by a pixel with arrow keys and by ten with Shift; numbers that are typed move it too', async () => {
    await box(0).focus()
    await key('ArrowRight')
    const one = await corner('x0')
    await key('Shift+ArrowRight')
    expect((await corner('x0')) - one).toBeGreaterThan((one - 0.08) * 5)
    await typeCorner('x0', '0.2')
    expect(await box(0).getAttribute('aria-label')).toContain('from 20 %')
  })

  it('is stretched at its handles, and by arrow keys with Ctrl', async () => {
    await box(0).click()
    const grip = await editor.middle(dock.locator('[data-handle="1,1"]'))
    await editor.drag(grip, { x: grip.x + 30, y: grip.y + 20 })
    const pulled = await corner('x1')
    expect([pulled > 0.5, (await corner('y1')) > 0.88, await corner('x0')]).toEqual([true, true, 0.08])
    await box(0).focus()
    await key('Control+ArrowRight')
    expect(await corner('x1')).toBeGreaterThan(pulled)
    expect(await corner('x0')).toBe(0.08)
  })

  it('is added with a key, says that it has no phrase once none was typed, and is removed with a key', async () => {
    await editor.node('boxes').locator('header').click()
    await dock.getByRole('group', { name: 'Boxes on the picture' }).focus()
    await key('n')
    expect(await count()).toBe(4)
    expect(await entry(3).getAttribute('data-kind')).toBeNull()
    await key('Enter')
    await expect.poll(() => entry(3).getAttribute('data-kind')).toBe('fault')
    await key('Enter')
    await dock.locator('[data-phrase="3"]:focus').waitFor()
    await editor.page.keyboard.type('a dragon')
    expect(await entry(3).getAttribute('data-kind')).toBe('warning')
    expect(await remark()).toContain("The prompt does not speak of 'a dragon'")
    await box(3).focus()
    await key('Delete')
    expect(await count()).toBe(3)
    // The node is selected, but a key on the canvas is never meant for it.
    await key('Delete')
    await key('m')
    expect(await editor.node('boxes').getAttribute('data-mode')).not.toBe('mute')
  })

  it('is duplicated and put in another order, by keys on the canvas and by buttons in the list', async () => {
    await box(0).focus()
    await key('Control+d')
    expect(await phrases()).toEqual(['a house', 'a tree', 'a sun', 'a house'])
    await key('[')
    expect(await phrases()).toEqual(['a house', 'a tree', 'a house', 'a sun'])
    await key(']')
    await entry(3).locator('[data-tool=up]').click()
    await entry(0).locator('[data-tool=down]').click()
    expect(await phrases()).toEqual(['a tree', 'a house', 'a house', 'a sun'])
    await entry(0).locator('[data-tool=duplicate]').click()
    expect((await phrases()).at(-1)).toBe('a tree')
  })

  it('is cut, copied and pasted by keys, and all of them are copied from the ground to another node', async () => {
    await box(1).focus()
    await key('Control+x')
    expect(await phrases()).toEqual(['a house', 'a sun'])
    expect(await editor.node('boxes').count()).toBe(1)
    await key('Control+v')
    expect(await phrases()).toEqual(['a house', 'a sun', 'a tree'])
    await expect.poll(() => box(2).getAttribute('aria-pressed')).toBe('true')
    await key('Control+c')
    await key('Control+v')
    await expect.poll(phrases).toEqual(['a house', 'a sun', 'a tree', 'a tree'])
    const [tree, copy] = [await placeOf(box(2)), await placeOf(box(3))]
    expect(copy.x).toBeGreaterThan(tree.x)
    await undo()
    await expect.poll(count).toBe(3)

    await box(0).focus()
    await key('Escape')
    await key('Control+c')
    await editor.page.getByText('3 boxes copied').waitFor()
    await editor.open(quick('boxes', 702))
    await expect.poll(phrases).toEqual(['a house', 'a tree', 'a sun'])
    for (let left = 3; left > 0; left--) {
      await box(0).focus()
      await key('Delete')
      await expect.poll(count).toBe(left - 1)
    }
    await key('Control+v')
    await expect.poll(phrases).toEqual(['a house', 'a sun', 'a tree'])
  })

  it('is locked, hidden and turned off, by keys and by buttons', async () => {
    const grip = await editor.middle(box(1))
    await entry(1).locator('[data-mark-button=locked]').click()
    const before = await box(1).getAttribute('style')
    await editor.drag(grip, { x: grip.x + 40, y: grip.y + 10 })
    expect(await box(1).getAttribute('style')).toBe(before)
    await box(1).focus()
    await key('l')
    await key('o')
    expect(await box(1).getAttribute('aria-label')).toContain('off')
    await key('h')
    await box(1).waitFor({ state: 'detached' })
    await entry(1).locator('[data-mark-button=hidden]').click()
    await box(1).waitFor()
    await entry(1).locator('[data-mark-button=off]').click()
    expect(await box(1).getAttribute('aria-label')).not.toContain('off')
  })

  it('is drawn over another with Ctrl, and with every press while that is switched on', async () => {
    const grip = await editor.middle(box(1))
    const to = { x: grip.x + 40, y: grip.y + 40 }
    await editor.page.keyboard.down('Control')
    await editor.drag(grip, to)
    await editor.page.keyboard.up('Control')
    expect(await count()).toBe(4)
    await undo()
    await dock.getByTestId('draw-over').click()
    await editor.drag(grip, to)
    expect(await count()).toBe(4)
    await box(0).focus()
    await key('b')
    expect(await dock.getByTestId('draw-over').getAttribute('aria-pressed')).toBe('false')
  })

  it('has the colour that is chosen for it', async () => {
    await entry(0).locator('input[type=color]').fill('#12ab34')
    expect(await box(0).getAttribute('style')).toContain('#12ab34')
  })
})

describe('a reference picture', () => {
  const picture = async (red: number): Promise<Uint8Array> =>
    new Uint8Array(
      await sharp({ create: { width: 8, height: 8, channels: 3, background: { r: red, g: 0, b: 0 } } })
        .png()
        .toBuffer(),
    )
  const pictureOf = (index: number) => dock.locator(`[data-picture-of="${index}"] img`)

  it('is dropped on a box, pasted while a box has the focus, or chosen as a file or a result, and taken away', async () => {
    await editor.drop('red.png', 'image/png', await picture(255), box(0))
    await pictureOf(0).waitFor()
    await box(1).focus()
    await editor.pasteFile('dark.png', 'image/png', await picture(90))
    await pictureOf(1).waitFor()
    expect(await pictureOf(1).getAttribute('src')).not.toBe(await pictureOf(0).getAttribute('src'))

    const pick = dock.locator('[data-picture-of="2"]')
    await pick.click()
    const buffer = Buffer.from(await picture(30))
    await editor.page
      .locator('.picks input')
      .setInputFiles({ name: 'file.png', mimeType: 'image/png', buffer })
    await pictureOf(2).waitFor()
    await pick.press('Enter')
    await editor.page.locator('.picks').getByRole('button', { name: 'Remove the picture' }).press('Enter')
    await pictureOf(2).waitFor({ state: 'detached' })

    expect(await editor.run()).toBe('finished')
    await pick.click()
    await editor.page.locator('[data-choice]').first().click()
    await pictureOf(2).waitFor()
  })
})

describe('the canvas', () => {
  it('keeps the fractions of the boxes when the picture becomes wider', async () => {
    const before = [await box(0).getAttribute('style'), await phrases()]
    const square = await placeOf(paper())
    await editor.open(changed(quick('wide', 702), 'noise', { width: 128, height: 64 }))
    await expect
      .poll(async () => {
        const { width, height } = await placeOf(paper())
        return width / height
      })
      .toBeCloseTo((2 * square.width) / square.height, 1)
    expect([await box(0).getAttribute('style'), await phrases()]).toEqual(before)
  })

  it('lies before the last result, or before the step that is looked at', async () => {
    expect(await editor.run()).toBe('finished')
    const behind = dock.locator('.backdrop canvas')
    await behind.waitFor()
    const shows = () => behind.evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL())
    const last = await shows()
    await expect.poll(() => editor.byTestId('scrubber').getAttribute('data-kept')).toBe('4')
    await editor.byTestId('scrubber').locator('input').press('Home')
    expect(await shows()).toBe(last)
    await dock.getByTestId('backdrop').selectOption('shown')
    await expect.poll(shows).not.toBe(last)
    await dock.getByTestId('backdrop').selectOption('none')
    await behind.waitFor({ state: 'detached' })
    await dock.getByTestId('backdrop').selectOption('last')
  })

  it('zooms with a wheel, a pinch and keys, and pans with two fingers, Space and arrows', async () => {
    const ground = dock.getByRole('group', { name: 'Boxes on the picture' })
    const whole = await placeOf(paper())
    const at = await editor.middle(paper())
    await editor.page.mouse.move(at.x, at.y)
    await editor.page.mouse.wheel(0, -120)
    await expect.poll(async () => (await placeOf(paper())).width).toBeGreaterThan(whole.width * 1.1)
    const zoomed = await placeOf(paper())
    await editor.page.mouse.wheel(-30, 8)
    await expect.poll(async () => (await placeOf(paper())).x).toBeCloseTo(zoomed.x + 30, 0)
    await editor.page.keyboard.down('Control')
    await editor.page.mouse.wheel(0, -10)
    await editor.page.keyboard.up('Control')
    await expect.poll(async () => (await placeOf(paper())).width).toBeGreaterThan(zoomed.width)

    await ground.focus()
    await key('0')
    await expect.poll(async () => (await placeOf(paper())).width).toBeCloseTo(whole.width, 0)
    await key('+')
    const once = await placeOf(paper())
    expect(once.width).toBeGreaterThan(whole.width * 1.1)
    await key('ArrowLeft')
    expect((await placeOf(paper())).x).toBeCloseTo(once.x + 40, 0)
    await editor.page.keyboard.down('Space')
    await editor.drag(at, { x: at.x + 20, y: at.y })
    await editor.page.keyboard.up('Space')
    expect((await placeOf(paper())).x).toBeCloseTo(once.x + 60, 0)
    expect(await count()).toBe(3)
    await ground.focus()
    await key('0')
  })
})

describe('what is wrong with a box', () => {
  it('is said on it while its numbers are typed: off the canvas, inside out, too small, in the place of another', async () => {
    await box(0).click()
    await typeCorner('x1', '1.2')
    expect(await remark()).toContain('Box 1 leaves the picture: x1 is 1.2')
    expect(await box(0).getAttribute('class')).toContain('faulty')
    await typeCorner('x1', '0.02')
    expect(await remark()).toContain('Box 1 is inside out: x0 0.08 > x1 0.02')
    await typeCorner('x1', '0.09')
    expect(await remark()).toContain(
      'Box 1 is 0.6 × 26.9 px, smaller than a latent cell of 4 px: make it larger',
    )
    expect(await box(0).getAttribute('class')).toContain('doubtful')
    await typeCorner('x1', '0.48')
    expect(await box(0).getAttribute('class')).not.toContain('doubtful')
    await box(0).focus()
    await key('Control+d')
    for (const [name, value] of Object.entries({ x0: '0.08', y0: '0.44', x1: '0.48', y1: '0.86' }))
      await typeCorner(name, value)
    expect(await remark()).toContain('Box 4 stands where box 1 stands')
  })

  it('is said of the 31st', async () => {
    const boxes = Array.from({ length: 31 }, (_, index) => ({
      phrase: 'a tree',
      box: [0.03 * index, 0.03 * index, 0.03 * index + 0.08, 0.03 * index + 0.08],
    }))
    await editor.open(changed(quick('many', 703), 'boxes', { boxes }))
    await expect.poll(count).toBe(31)
    expect(await remark()).toContain('Box 31 is one too many: a picture holds at most 30 grounded things')
    expect(await entry(29).getAttribute('data-kind')).toBeNull()
    await entry(3).locator('.tool').last().click()
    await expect.poll(() => dock.locator('[data-kind=fault]').count()).toBe(0)
  })
})
