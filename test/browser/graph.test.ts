import { beforeEach, describe, expect, it } from 'vitest'
import type { Locator } from 'playwright-core'
import type { Workflow } from '#workflows/format.ts'
import { editor, useOneEditor } from './stage.ts'

useOneEditor()

/** model ─► noise ─► decode ─► show, and a lone resize above. */
const graph: Workflow = {
  groundwork: 1,
  name: 'graph',
  nodes: {
    model: { type: 'model/load' },
    noise: { type: 'latent/noise', inputs: { model: 'model.model' } },
    decode: { type: 'vae/decode', inputs: { model: 'model.model', latent: 'noise.latent' } },
    show: { type: 'image/preview', inputs: { image: 'decode.image' } },
    lone: { type: 'image/resize' },
    text: { type: 'text/encode', inputs: { model: 'model.model' } },
  },
  view: {
    nodes: {
      model: [0, 0],
      noise: [340, 40],
      decode: [680, 0],
      show: [1020, 40],
      lone: [400, 330],
      text: [0, 330],
    },
  },
}

/** The document as it is edited: what the page would save. */
async function saved(): Promise<Workflow> {
  await page().keyboard.press('Control+a')
  return page().evaluate(() => {
    const transfer = new DataTransfer()
    document.dispatchEvent(new ClipboardEvent('copy', { clipboardData: transfer, cancelable: true }))
    return JSON.parse(transfer.getData('text/plain')) as Workflow
  })
}

const page = () => editor.page
const key = (name: string) => page().keyboard.press(name)
const header = (id: string): Locator => editor.node(id).locator('header')
const socket = (port: string, side: 'in' | 'out') =>
  page().locator(`[data-socket="${port}"][data-side="${side}"]`)
const inputsOf = async (id: string) => (await saved()).nodes[id]?.inputs ?? {}

async function select(...ids: string[]): Promise<void> {
  await header(ids[0] ?? '').click()
  for (const id of ids.slice(1)) await header(id).click({ modifiers: ['Shift'] })
}

/** A free point of the ground, in pixels of the page. */
async function ground(dx = 0, dy = 0): Promise<{ x: number; y: number }> {
  const box = await editor.byTestId('graph').boundingBox()
  return { x: (box?.x ?? 0) + 700 + dx, y: (box?.y ?? 0) + (box?.height ?? 0) - 60 + dy }
}

/** The middle of the straight link from decode to show. */
async function onLink(): Promise<{ x: number; y: number }> {
  const [a, b] = await Promise.all([
    editor.middle(socket('decode.image', 'out')),
    editor.middle(socket('show.image', 'in')),
  ])
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }
}

beforeEach(async () => {
  await editor.open(graph)
  await page().locator('[data-testid=graph][data-settled=true]').waitFor()
  await editor.node('lone').waitFor()
})

describe('a graph that was just opened', () => {
  it('is shown whole, with the room that its faults take', async () => {
    await editor.open({ ...graph, view: { nodes: { ...graph.view?.nodes, lone: [400, 700] } } })
    await editor.node('lone').locator('.message').waitFor()
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

  it('selects with a rectangle, and adds with Shift', async () => {
    const lone = await editor.node('lone').boundingBox()
    const text = await editor.node('text').boundingBox()
    if (!lone || !text) throw new Error('A card is not on the page')
    const { keyboard } = page()
    await keyboard.down('Control')
    await editor.drag({ x: lone.x - 20, y: lone.y - 12 }, { x: lone.x + 40, y: lone.y + lone.height + 10 })
    await keyboard.up('Control')
    expect(await page().locator('.card.selected').count()).toBe(1)
    await keyboard.down('Shift')
    await editor.drag({ x: text.x + 20, y: text.y + text.height + 14 }, { x: text.x + 60, y: text.y + 60 })
    await keyboard.up('Shift')
    expect(await page().locator('.card.selected').count()).toBe(2)
  })

  it('adds a node that fits where a link is dropped on empty ground, and links it', async () => {
    await editor.drag(await editor.middle(socket('decode.image', 'out')), await ground())
    await editor.byTestId('palette').waitFor()
    expect(await page().locator('[data-add="text/encode"]').count()).toBe(0)
    await page().locator('[data-add="image/save"]').click()
    expect(await inputsOf('save')).toEqual({ image: 'decode.image' })
  })

  it('puts a node without links into the link that it is dropped on', async () => {
    const from = await editor.middle(header('lone'))
    await editor.drag(from, await onLink())
    expect(await inputsOf('lone')).toEqual({ image: 'decode.image' })
    expect(await inputsOf('show')).toEqual({ image: 'lone.image' })
    await key('Control+z')
    expect(await inputsOf('show')).toEqual({ image: 'decode.image' })
  })

  it('moves all links of an output at once with Shift', async () => {
    const places = { ...graph.view?.nodes, second: [0, 560] as [number, number] }
    const other: Workflow = {
      ...graph,
      nodes: { ...graph.nodes, second: { type: 'model/load' } },
      view: { nodes: places },
    }
    await editor.open(other)
    await editor.node('second').waitFor()
    await page().keyboard.down('Shift')
    await editor.drag(
      await editor.middle(socket('model.model', 'out')),
      await editor.middle(socket('second.model', 'out')),
    )
    await page().keyboard.up('Shift')
    const { nodes } = await saved()
    expect(['noise', 'decode', 'text'].map((id) => nodes[id]?.inputs?.['model'])).toEqual(
      Array(3).fill('second.model'),
    )
  })

  it('cuts the links that a drag with Alt crosses', async () => {
    const { x, y } = await onLink()
    await page().keyboard.down('Alt')
    await editor.drag({ x, y: y - 80 }, { x: x + 4, y: y + 80 })
    await page().keyboard.up('Alt')
    expect(await inputsOf('show')).toEqual({})
  })

  it('bends a link at a point that a double click makes, a drag moves and a double click removes', async () => {
    const { x, y } = await onLink()
    await page().mouse.dblclick(x, y)
    const dot = page().locator('[data-reroute]')
    await dot.waitFor()
    const at = await editor.middle(dot)
    await editor.drag(at, { x: at.x, y: at.y + 90 })
    const [point] = (await saved()).view?.reroutes?.['show.image'] ?? []
    expect(point?.[1]).toBeGreaterThan(90)
    await dot.dblclick()
    await dot.waitFor({ state: 'detached' })
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

  it('offers on the menu of a link what can be done with it', async () => {
    const { x, y } = await onLink()
    await page().mouse.click(x, y, { button: 'right' })
    await page().locator('[data-testid=graph-menu][data-place=link] [data-command=remove]').click()
    expect(await inputsOf('show')).toEqual({})
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

  it('goes where the map is pressed', async () => {
    const before = await editor.node('model').boundingBox()
    const map = await editor.byTestId('minimap').boundingBox()
    await page().mouse.click((map?.x ?? 0) + 150, (map?.y ?? 0) + 90)
    await expect.poll(async () => (await editor.node('model').boundingBox())?.x).not.toBe(before?.x)
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

  it('links two ports by name', async () => {
    await select('lone')
    await key('l')
    await page().keyboard.type('input')
    await key('Enter')
    await page().keyboard.type('decode')
    await key('Enter')
    expect(await inputsOf('lone')).toEqual({ image: 'decode.image' })
    await select('lone')
    await key('Shift+l')
    expect(await inputsOf('lone')).toEqual({})
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

  it('lays the graph out in a worker, so that links run from left to right', async () => {
    await key('Control+Shift+l')
    await expect.poll(async () => (await saved()).view?.nodes?.['text']).not.toEqual([0, 330])
    const places = (await saved()).view?.nodes ?? {}
    const x = (id: string) => places[id]?.[0] ?? 0
    expect([x('model') < x('noise'), x('noise') < x('decode'), x('decode') < x('show')]).toEqual([
      true,
      true,
      true,
    ])
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
    await key('Escape')
    await sheet.waitFor({ state: 'detached' })
  })

  it('makes a subgraph, enters it, shows a value outside, leaves and unpacks it', async () => {
    await select('noise', 'decode')
    await key('Control+Shift+g')
    await editor.node('subgraph').waitFor()
    await key('i')
    await editor.byTestId('subgraph-bar').waitFor()
    await key('Shift+p')
    await page().keyboard.type('seed')
    await key('Enter')
    await page().locator('[data-port="params.seed"]').waitFor()
    await key('o')
    await page().locator('[data-param="subgraph.seed"]').waitFor()
    await select('subgraph')
    await key('Control+Shift+u')
    await editor.node('noise').waitFor()
    expect((await saved()).nodes['show']).toEqual(graph.nodes['show'])
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
