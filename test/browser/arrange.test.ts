import { describe, expect, it } from 'vitest'
import { header, key, page, saved, select, useGraph } from './graph-page.ts'
import { editor } from './stage.ts'

useGraph()

describe('the graph, put in order', () => {
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

  it('lines up nodes at each edge, by keys and from their menu, and spreads them down', async () => {
    const place = async (id: string) => (await saved()).view?.nodes?.[id] ?? [NaN, NaN]
    await select('noise', 'lone')
    await key('Shift+ArrowLeft')
    expect(await place('lone')).toEqual([340, 330])
    await key('Control+z')
    await select('noise', 'lone')
    await header('noise').click({ button: 'right' })
    await page().locator('[data-testid=graph-menu] [data-command=alignLeft]').click()
    expect(await place('lone')).toEqual([340, 330])
    await key('Control+z')
    await select('noise', 'lone')
    await key('Shift+ArrowRight')
    expect(await place('noise')).toEqual([400, 40])
    await select('model', 'noise', 'text')
    await key('Shift+v')
    const [, top = 0] = await place('noise')
    const height = async (id: string) => (await editor.node(id).boundingBox())?.height ?? 0
    const zoom = Number(await editor.byTestId('graph').getAttribute('data-zoom'))
    const [model, noise] = [(await height('model')) / zoom, (await height('noise')) / zoom]
    expect(top - model).toBeCloseTo(330 - top - noise, -1)
    await select('show', 'lone')
    await key('Shift+ArrowDown')
    const foot = async (id: string) => (await place(id))[1] + (await height(id)) / zoom
    expect(await foot('show')).toBeCloseTo(await foot('lone'), -1)
  })
})
