import { beforeEach, describe, expect, it } from 'vitest'
import { editor, useOneEditor } from './stage.ts'
import { quick } from './stories.ts'

useOneEditor()
beforeEach(async () => {
  await editor.open(quick('edge', 801))
  await editor.page.locator('[data-testid=graph][data-settled=true]').waitFor()
})

/** Where a card stands on the page, in pixels from the left. */
const left = async () => (await editor.node('save').boundingBox())?.x ?? 0

async function room(): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await editor.byTestId('graph').boundingBox()
  if (!box) throw new Error('The graph is not on the page')
  return box
}

describe('the view goes on at its edge', () => {
  it('while a link is held there, which can then be let go over what came into sight', async () => {
    const { x, y, width, height } = await room()
    const { mouse } = editor.page
    const before = await left()
    const from = await editor.middle(editor.page.locator('[data-socket="decode.image"][data-side="out"]'))
    await mouse.move(from.x, from.y)
    await mouse.down()
    await mouse.move(x + width - 3, y + height / 2, { steps: 4 })
    await expect.poll(left).toBeLessThan(before - 60)
    await mouse.up()
    await editor.byTestId('palette').waitFor()
    await editor.page.keyboard.press('Escape')
  })

  it('while a rectangle is held there, which keeps the corner where it began', async () => {
    const { x, y, width, height } = await room()
    const { keyboard, mouse } = editor.page
    const before = await left()
    const card = await editor.node('save').boundingBox()
    await keyboard.down('Control')
    await mouse.move((card?.x ?? 0) - 12, (card?.y ?? 0) - 12)
    await mouse.down()
    await mouse.move(x + width - 3, y + height / 2 + 200, { steps: 4 })
    await expect.poll(left).toBeLessThan(before - 60)
    await mouse.up()
    await keyboard.up('Control')
    await editor.page.locator('.card.selected[data-node=save]').waitFor()
  })
})
