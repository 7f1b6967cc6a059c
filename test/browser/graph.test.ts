import { describe, expect, it } from 'vitest'
import {
  graph,
  ground,
  header,
  inputsOf,
  key,
  page,
  saved,
  select,
  selected,
  useGraph,
} from './graph-page.ts'
import { editor } from './stage.ts'

useGraph()

describe('a graph that was just opened', () => {
  it('is shown whole, with the room that its faults take', async () => {
    await editor.open({ ...graph, view: { nodes: { ...graph.view?.nodes, lone: [400, 700] } } })
    await editor.node('lone').locator('.message').filter({ hasText: "'image' needs a link" }).waitFor()
    await page().locator('[data-testid=graph][data-settled=true]').waitFor()
    const at = () => editor.byTestId('graph').locator('.layer').first().getAttribute('style')
    const opened = await at()
    await editor.byTestId('fit').click()
    await page().locator('[data-testid=graph][data-settled=true]').waitFor()
    expect(await at()).toBe(opened)
  })
})

describe('the graph, by mouse', () => {
  it('moves a group together as one entry of the history, with what its nodes carry', async () => {
    const before = (await saved()).view?.nodes
    await select('noise', 'decode')
    const from = await editor.middle(header('noise'))
    await editor.drag(from, { x: from.x + 60, y: from.y + 40 })
    const after = (await saved()).view?.nodes
    const by = (id: string, axis: 0 | 1) => (after?.[id]?.[axis] ?? 0) - (before?.[id]?.[axis] ?? 0)
    expect(by('noise', 0)).toBeGreaterThan(40)
    expect([by('decode', 0), by('decode', 1)]).toEqual([by('noise', 0), by('noise', 1)])
    expect(after?.['show']).toEqual(before?.['show'])
    await key('Control+z')
    expect((await saved()).view?.nodes).toEqual(before)
  })

  it('names, colours and moves a frame by its title', async () => {
    await select('noise', 'decode')
    await key('Control+g')
    const frame = page().locator('[data-frame="0"]')
    await frame.dblclick()
    await frame.locator('input:focus').waitFor()
    await page().keyboard.type('Drawing')
    await key('Enter')
    await frame.click({ button: 'right' })
    await page().locator('[data-colour=teal]').click()
    const at = await editor.middle(frame)
    await editor.drag(at, { x: at.x + 50, y: at.y })
    const { view } = await saved()
    expect(view?.frames).toEqual([{ title: 'Drawing', nodes: ['noise', 'decode'], colour: 'teal' }])
    expect(view?.nodes?.['noise']?.[0]).toBeGreaterThan(380)
  })

  it('goes on while a card is held at its edge, and the card with it', async () => {
    const room = await editor.byTestId('graph').boundingBox()
    if (!room) throw new Error('The graph is not on the page')
    const before = (await saved()).view?.nodes?.['lone']?.[0] ?? 0
    const { mouse } = page()
    const from = await editor.middle(header('lone'))
    const edge = room.x + room.width - 3
    await mouse.move(from.x, from.y)
    await mouse.down()
    await mouse.move(edge, from.y, { steps: 4 })
    const zoom = Number(await editor.byTestId('graph').getAttribute('data-zoom'))
    const atRest = before + (edge - from.x) / zoom
    await expect
      .poll(async () => (await editor.node('lone').boundingBox())?.x ?? 0)
      .toBeGreaterThan(edge - 248 * zoom)
    await expect
      .poll(async () => page().locator('.layer').first().getAttribute('style'))
      .toMatch(/translate\(-/)
    await mouse.up()
    expect((await saved()).view?.nodes?.['lone']?.[0] ?? 0).toBeGreaterThan(atRest + 20)
  })

  it('has a map while part of it is out of sight, and goes where that is pressed', async () => {
    const map = editor.byTestId('minimap')
    await editor.byTestId('graph').focus()
    await key('Home')
    await map.waitFor({ state: 'hidden' })
    await key('+')
    await map.waitFor()
    const before = await editor.node('show').boundingBox()
    const place = await map.boundingBox()
    await page().mouse.click((place?.x ?? 0) + 150, (place?.y ?? 0) + 90)
    await expect.poll(async () => (await editor.node('show').boundingBox())?.x).not.toBe(before?.x)
  })

  it('adds a node where the ground is double-clicked', async () => {
    const { x, y } = await ground()
    await page().mouse.dblclick(x, y)
    await page().locator('[data-add="image/save"]').click()
    const box = await editor.node('save').boundingBox()
    expect([Math.abs((box?.x ?? 0) - x) < 150, Math.abs((box?.y ?? 0) - y) < 150]).toEqual([true, true])
  })

  it('adds a note that is looked for among the nodes', async () => {
    const { x, y } = await ground()
    await page().mouse.dblclick(x, y)
    await page().keyboard.type('note')
    await key('Enter')
    await page().locator('[data-note] textarea').waitFor()
    await page().keyboard.type('Mind the sky')
    await key('Escape')
    expect(Object.values((await saved()).view?.notes ?? {}).map(({ text }) => text)).toEqual(['Mind the sky'])
  })

  it('copies, duplicates and lays out by menu, and pastes where the menu of the ground was opened', async () => {
    await page().context().grantPermissions(['clipboard-read', 'clipboard-write'])
    const fromMenu = (command: string) => page().locator(`[data-testid=graph-menu] [data-command=${command}]`)
    await header('lone').click({ button: 'right' })
    await fromMenu('duplicate').click()
    await editor.node('lone2').waitFor()
    await header('model').click({ button: 'right' })
    await fromMenu('copy').click()
    await editor.byTestId('notice').filter({ hasText: 'Copied' }).first().waitFor()
    const { x, y } = await ground()
    await page().mouse.click(x, y, { button: 'right' })
    await fromMenu('paste').click()
    await editor.node('model2').waitFor()
    expect(Math.abs(((await editor.node('model2').boundingBox())?.x ?? 0) - x)).toBeLessThan(20)
    await page().mouse.click(x - 300, y, { button: 'right' })
    await fromMenu('layout').click()
    await expect.poll(async () => (await saved()).view?.nodes?.['text']).not.toEqual([0, 330])
  })

  it('scrubs a number as one entry of the history, finely with Shift', async () => {
    const number = page().locator('[data-param="lone.width"] .number')
    const value = async () => Number(await number.getAttribute('aria-valuenow'))
    const before = await value()
    const from = await editor.middle(number)
    const to = { x: from.x + 30, y: from.y }
    await editor.drag(from, to)
    const far = (await value()) - before
    await editor.byTestId('undo').click()
    expect(await value()).toBe(before)
    await page().keyboard.down('Shift')
    await editor.drag(from, to)
    await page().keyboard.up('Shift')
    expect([(await value()) > before, far > 4 * ((await value()) - before)]).toEqual([true, true])
  })
})

describe('the graph, by keyboard', () => {
  it('collapses, mutes, bypasses and opens again', async () => {
    await select('text')
    const plain = (await editor.node('text').boundingBox())?.height ?? 0
    await key('c')
    expect((await editor.node('text').boundingBox())?.height).toBeLessThan(plain / 2)
    await key('m')
    expect(await editor.node('text').getAttribute('data-mode')).toBe('mute')
    await key('b')
    expect(await editor.node('text').getAttribute('data-mode')).toBe('bypass')
    await key('b')
    await key('c')
    expect((await saved()).nodes['text']).toEqual(graph.nodes['text'])
  })

  it('deletes the node whose text was edited last, and not the one that was selected before', async () => {
    await select('lone')
    await editor.node('text').locator('textarea').click()
    await key('Escape')
    await key('Delete')
    expect(Object.keys((await saved()).nodes)).toEqual(['model', 'noise', 'decode', 'show', 'lone'])
  })

  it('goes with Tab from a value to its pin, and from there to the next value', async () => {
    const focused = (name: string, part: string) =>
      page().locator(`[data-param="noise.${name}"] ${part}:focus`).waitFor()
    await page().locator('[data-param="noise.width"] .number').focus()
    await key('Tab')
    await focused('width', '.pin')
    await key('Tab')
    await focused('height', '.number')
  })

  it('walks, nudges, aligns, distributes, and finds a node', async () => {
    await select('model')
    await key('Control+ArrowRight')
    expect(await editor.node('noise').getAttribute('class')).toContain('selected')
    await key('ArrowDown')
    expect((await saved()).view?.nodes?.['noise']).toEqual([340, 48])
    await key('Home')
    await select('model', 'noise')
    await key('Shift+ArrowUp')
    expect((await saved()).view?.nodes?.['noise']).toEqual([340, 0])
    await select('model', 'noise', 'decode')
    await key('Shift+h')
    const [a = 0, b = 0, c = 0] = await page().evaluate(() =>
      ['model', 'noise', 'decode'].map(
        (id) => document.querySelector(`[data-node=${id}]`)?.getBoundingClientRect().x ?? 0,
      ),
    )
    expect(b - a).toBeCloseTo(c - b, 0)
    await key('Control+f')
    await page().keyboard.type('resize')
    await key('Enter')
    expect(await page().locator('.card.selected').getAttribute('data-node')).toBe('lone')
  })

  it('duplicates with links, and removes', async () => {
    await select('decode')
    await key('Control+d')
    expect(await inputsOf('decode2')).toEqual({ model: 'model.model', latent: 'noise.latent' })
    await key('Control+z')
    await select('decode')
    await key('Delete')
    expect(await inputsOf('show')).toEqual({})
  })

  it('pastes what another window copied, and says when the clipboard holds nothing', async () => {
    const part = JSON.stringify({
      groundwork: 1,
      nodes: { one: { type: 'constant/int', values: { value: 5 } } },
    })
    const paste = (text: string) =>
      page().evaluate((text) => {
        const transfer = new DataTransfer()
        transfer.setData('text/plain', text)
        document.dispatchEvent(new ClipboardEvent('paste', { clipboardData: transfer, cancelable: true }))
      }, text)
    await paste(part)
    await editor.node('one').waitFor()
    await paste('not a workflow')
    await editor.byTestId('notice').filter({ hasText: 'holds no nodes' }).first().waitFor()
  })

  it('writes a note in Markdown, of which nothing runs', async () => {
    await editor.byTestId('graph').focus()
    await key('n')
    await page().keyboard.type(
      '# Title\n\n<img src=x onerror="document.title=1"> [here](javascript:alert(1))',
    )
    await key('Escape')
    const note = page().locator('[data-note]')
    await note.locator('h1').waitFor()
    expect(await note.locator('img').count()).toBe(0)
    expect(await note.locator('a[href^="javascript"]').count()).toBe(0)
    expect(await page().title()).toContain('graph')
  })

  it('shows every command with its keys', async () => {
    await key('?')
    const sheet = editor.byTestId('key-sheet')
    await sheet.waitFor()
    expect(await sheet.locator('kbd').count()).toBeGreaterThan(80)
    expect(await sheet.textContent()).toContain('Stretch a box, scale a figure')
    expect(await sheet.getByRole('heading', { level: 2 }).textContent()).toBe('Keys and gestures')
    await sheet.getByTestId('close-keys').click()
    await sheet.waitFor({ state: 'detached' })
  })

  it('has no problems left when it is emptied', async () => {
    const count = () => editor.byTestId('faults').getAttribute('data-count')
    expect(Number(await count())).toBeGreaterThan(0)
    await editor.byTestId('graph').focus()
    await key('Control+a')
    await key('Delete')
    await expect.poll(count).toBe('0')
  })

  it('selects all and nothing, adds a node, and opens the menu of what is selected', async () => {
    await editor.byTestId('graph').focus()
    await key('Control+a')
    expect(await selected()).toHaveLength(6)
    await key('Escape')
    expect(await selected()).toEqual([])
    await key('a')
    await page().keyboard.type('saveimage')
    await key('Enter')
    await editor.node('save').waitFor()
    expect(await selected()).toEqual(['save'])
    const plain = await editor.node('save').getAttribute('style')
    await key('Shift+F10')
    await page().locator('[data-testid=graph-menu][data-place=node]').waitFor()
    await key('End')
    await key('ArrowUp')
    await key('Enter')
    await expect.poll(() => editor.node('save').getAttribute('style')).not.toBe(plain)
  })

  it('renames a node, cuts it to the clipboard and pastes it', async () => {
    await select('lone')
    await key('F2')
    await page().keyboard.type('Smaller')
    // Keys of an input method are not the field's.
    await page().evaluate(() => {
      for (const key of ['Enter', 'Escape'])
        document.activeElement?.dispatchEvent(
          new KeyboardEvent('keydown', { key, isComposing: true, bubbles: true }),
        )
    })
    expect(await header('lone').locator('input:focus').inputValue()).toBe('Smaller')
    await key('Enter')
    await header('lone').getByText('Smaller').waitFor()
    await key('Control+x')
    await editor.node('lone').waitFor({ state: 'detached' })
    await key('Control+v')
    await header('lone').getByText('Smaller').waitFor()
  })

  it('undoes and does again, by keys and by buttons', async () => {
    await select('lone')
    await key('Delete')
    const lone = editor.node('lone')
    await key('Control+z')
    await lone.waitFor()
    await key('Control+Shift+z')
    await lone.waitFor({ state: 'detached' })
    await editor.byTestId('undo').click()
    await lone.waitFor()
    await editor.byTestId('redo').click()
    await lone.waitFor({ state: 'detached' })
    await key('Control+z')
    await lone.waitFor()
    await key('Control+y')
    await lone.waitFor({ state: 'detached' })
  })

  it('zooms in, out and to 100 %, shows what is selected, and shows and hides the map', async () => {
    const zoom = async () => Number(await editor.byTestId('graph').getAttribute('data-zoom'))
    await select('lone')
    const whole = await zoom()
    await key('+')
    await expect.poll(zoom).toBeCloseTo(whole * 1.2, 3)
    await key('-')
    await expect.poll(zoom).toBeCloseTo(whole, 3)
    await key('1')
    await expect.poll(zoom).toBe(1)
    await key('f')
    const room = await editor.middle(editor.byTestId('graph'))
    await expect.poll(async () => (await editor.middle(editor.node('lone'))).y).toBeCloseTo(room.y, -1)
    await key('Shift+m')
    await editor.byTestId('minimap').waitFor({ state: 'detached' })
    await key('Shift+m')
    await editor.byTestId('minimap').waitFor()
  })
})

describe('the editor after a reload', () => {
  it('takes back what was done before it', async () => {
    await select('lone')
    await key('Delete')
    await editor.node('lone').waitFor({ state: 'detached' })
    await page().reload()
    await editor.node('show').waitFor()
    await key('Control+z')
    await editor.node('lone').waitFor()
  })
})
