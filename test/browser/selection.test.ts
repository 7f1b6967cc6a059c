import { describe, expect, it } from 'vitest'
import { header, key, page, select, selected, useGraph } from './graph-page.ts'
import { editor } from './stage.ts'

useGraph()

describe('the graph', () => {
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

  it('adds to what is selected with Ctrl, and takes away again', async () => {
    await header('noise').click()
    await header('decode').click({ modifiers: ['Control'] })
    await header('noise').click({ modifiers: ['Control'] })
    expect(await selected()).toEqual(['decode'])
  })

  it('takes the next node in a direction into the selection, key by key, and goes on from there', async () => {
    await select('model')
    await key('Control+Shift+ArrowRight')
    await key('Control+Shift+ArrowRight')
    expect((await selected()).toSorted()).toEqual(['decode', 'model', 'noise'])
    await key('Control+Shift+ArrowLeft')
    expect(await selected()).toHaveLength(4)
    await key('Delete')
    await expect.poll(() => page().locator('.card').count()).toBe(2)
  })
})
