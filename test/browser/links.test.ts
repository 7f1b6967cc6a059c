import { describe, expect, it } from 'vitest'
import type { Workflow } from '#workflows/format.ts'
import {
  graph,
  ground,
  header,
  inputsOf,
  key,
  onLink,
  page,
  saved,
  select,
  socket,
  useGraph,
} from './graph-page.ts'
import { editor } from './stage.ts'

useGraph()

describe('links, by mouse', () => {
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

  it('offers on the menu of a link what can be done with it', async () => {
    const { x, y } = await onLink()
    await page().mouse.click(x, y, { button: 'right' })
    await page().locator('[data-testid=graph-menu][data-place=link] [data-command=remove]').click()
    expect(await inputsOf('show')).toEqual({})
  })

  it('takes a link off its input: to another that fits, or away where it is dropped on empty ground', async () => {
    const held = await editor.middle(socket('show.image', 'in'))
    await editor.drag(held, await editor.middle(socket('lone.image', 'in')))
    expect([await inputsOf('show'), await inputsOf('lone')]).toEqual([{}, { image: 'decode.image' }])
    await editor.drag(await editor.middle(socket('lone.image', 'in')), await ground())
    expect(await inputsOf('lone')).toEqual({})
  })

  it('selects the link that is clicked, so that a key removes it', async () => {
    const { x, y } = await onLink()
    await page().mouse.click(x, y)
    await key('Delete')
    expect(await inputsOf('show')).toEqual({})
  })
})

describe('links, by keyboard', () => {
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

  it('goes through the links of a node, from its upper input to its lower output and round again, and cuts one', async () => {
    await select('decode')
    await key('k')
    await key('k')
    await key('Shift+k')
    await key('Delete')
    await key('Shift+k')
    await key('Delete')
    const { nodes } = await saved()
    expect(nodes['decode']?.inputs).toEqual({ latent: 'noise.latent' })
    expect(nodes['show']?.inputs).toBeUndefined()
  })

  it('leaves the view alone where the selected link is seen, and brings it into sight where not', async () => {
    const left = async () => (await editor.node('decode').boundingBox())?.x ?? 0
    const whole = await left()
    await select('decode')
    await key('k')
    await key('Shift+F10')
    await page().locator('[data-testid=graph-menu][data-place=link]').waitFor()
    expect(await left()).toBe(whole)
    await key('Escape')
    await select('decode')
    await key('f')
    for (let notch = 0; notch < 5; notch++) await key('+')
    await page().locator('[data-testid=graph][data-zoom^="2."]').waitFor()
    const near = await left()
    await key('k')
    await expect.poll(left).toBeGreaterThan(near + 100)
  })

  it('bends a link at a point in its middle, moves the point and removes it', async () => {
    await select('show')
    await key('k')
    const { x, y } = await onLink()
    await key('Shift+F10')
    await page().locator('[data-testid=graph-menu] [data-command=reroute]').press('Enter')
    const dot = page().locator('[data-reroute]')
    await dot.waitFor()
    const at = await editor.middle(dot)
    expect([at.x, at.y]).toEqual([expect.closeTo(x, 0), expect.closeTo(y, 0)])
    await key('ArrowDown')
    await expect.poll(async () => (await editor.middle(dot)).y).toBeGreaterThan(at.y + 4)
    await dot.click()
    await key('ArrowUp')
    await expect.poll(async () => (await editor.middle(dot)).y).toBeCloseTo(at.y, 0)
    await key('Delete')
    await dot.waitFor({ state: 'detached' })
    expect(await inputsOf('show')).toEqual({ image: 'decode.image' })
  })
})
