import { describe, expect, it } from 'vitest'
import { editor, server, useNewEditors } from './stage.ts'
import { changed, quick, slow } from './stories.ts'

useNewEditors()

const mark = (id: string) => editor.node(id).locator('[data-mark]')
const stateOf = (id: string) => editor.node(id).getAttribute('data-state')
const ways = [
  { by: 'key', seed: 301 },
  { by: 'menu', seed: 302 },
]

async function fromMenu(entry: string): Promise<void> {
  await editor.byTestId('run-menu').click()
  await editor.byTestId(entry).click()
}

describe('a run', () => {
  it('is begun by a key while a text is typed', async () => {
    await editor.open(quick('typed', 309))
    await editor.page.locator('[data-param="text.text"] textarea').fill('a house in the snow')
    await editor.page.keyboard.press('Control+Enter')
    expect(await editor.ended()).toBe('finished')
    expect(await stateOf('save')).toBe('done')
  })

  it.each(ways)('goes only up to the selected node: by $by', async ({ by, seed }) => {
    // A text of its own, so that its node does not come from the cache.
    await editor.open(changed(quick('part', seed), 'text', { text: `a house, by ${by}` }))
    await editor.node('text').locator('header').click()
    if (by === 'key') await editor.page.keyboard.press('Control+Shift+Enter')
    else await fromMenu('run-to')
    expect(await editor.ended()).toBe('finished')
    expect(await stateOf('text')).toBe('done')
    expect(await stateOf('unet')).toBe('idle')
  })

  it.each(ways)('of a branch makes only what depends on the selected node: by $by', async ({ by, seed }) => {
    const { nodes, ...rest } = quick('branch', seed + 2)
    await editor.open({ ...rest, nodes: { ...nodes, apart: { type: 'constant/int' } } })
    await editor.node('boxes').locator('header').click()
    if (by === 'key') await editor.page.keyboard.press('Alt+Shift+Enter')
    else await fromMenu('run-branch')
    expect(await editor.ended()).toBe('finished')
    expect([await stateOf('save'), await stateOf('apart')]).toEqual(['done', 'idle'])
  })

  it('says in both languages why a node ran, and marks what came from the cache', async () => {
    await editor.open(quick('why', 311))
    expect(await editor.run()).toBe('finished')
    await editor.open(quick('why', 312))
    expect(await editor.run()).toBe('finished')
    expect(await stateOf('text')).toBe('cached')
    expect(await mark('noise').getAttribute('title')).toBe("Ran because: 'seed' changed")
    await editor.byTestId('language').click()
    expect(await mark('noise').getAttribute('title')).toBe('运行原因：“seed”有变化')
  })

  it('that fails says on the node what to do about it, and skips what needs its result', async () => {
    await editor.open(changed(quick('other content', 308), 'model', { hash: 'ab'.repeat(32) }))
    expect(await editor.run()).toBe('failed')
    expect([await stateOf('model'), await stateOf('save')]).toEqual(['failed', 'skipped'])
    expect(await editor.node('model').textContent()).toContain('clear the hash to use this one')
  })

  it('tells how far it is and how long it will take, for its nodes and as a whole', async () => {
    await editor.open(slow('left', 305))
    await editor.byTestId('run').click()
    await expect.poll(() => editor.byTestId('time-left').textContent()).toMatch(/left$/)
    await expect
      .poll(() => editor.node('unet').getByTestId('node-percent').textContent())
      .toMatch(/^\d+ % · /)
    await editor.page.keyboard.press('Control+.')
    expect(await editor.ended()).toBe('cancelled')
  })

  it('leaves names alone that are typed while it goes on', async () => {
    await editor.open(slow('names', 313))
    await editor.byTestId('run').click()
    const preview = editor.node('unet').getByTestId('preview')
    await preview.waitFor()
    const count = async () => Number(await preview.getAttribute('data-preview-count'))
    const typeSlowly = async (first: string, then: string) => {
      await editor.page.keyboard.type(first)
      const before = await count()
      await expect.poll(count).toBeGreaterThan(before + 1)
      await editor.page.keyboard.type(then)
    }
    await editor.node('unet').locator('header .title').click()
    await editor.page.keyboard.press('F2')
    await typeSlowly('Slow', 'ly')
    await editor.page.keyboard.press('Enter')
    expect(await editor.node('unet').locator('header .title').textContent()).toBe('Slowly')
    const name = editor.byTestId('workflow-name')
    await name.selectText()
    await typeSlowly('even', 'ing')
    expect(await name.inputValue()).toBe('evening')
    await name.press('Escape')
    expect(await name.inputValue()).toBe('names')
    await editor.byTestId('cancel').click()
    expect(await editor.ended()).toBe('cancelled')
  })

  it('shows its pictures while each comes before the last one is decoded', async () => {
    await editor.page.evaluate(decodeLate)
    await editor.open(slow('fast pictures', 309))
    await editor.byTestId('run').click()
    await editor.byTestId('result').waitFor()
    await editor.byTestId('cancel').click()
    expect(await editor.ended()).toBe('cancelled')
    // The node that was stopped is not marked as done.
    expect(await stateOf('unet')).toBe('idle')
  })

  it('follows every change in live mode, and calls off the run that a change makes stale', async () => {
    await editor.open(slow('live', 306))
    await editor.page.keyboard.press('Alt+l')
    await editor.node('unet').getByTestId('preview').waitFor()
    const steps = editor.page.locator('[data-param="steps.steps"] .number')
    await steps.focus()
    await editor.page.keyboard.press('4')
    await editor.page.keyboard.press('Enter')
    const history = editor.byTestId('history').locator('[data-run]')
    await history.and(editor.page.locator('[data-state=finished]')).waitFor()
    expect(await history.and(editor.page.locator('[data-state=cancelled]')).count()).toBe(1)
    await editor.byTestId('live').click()
    expect(await editor.byTestId('live').getAttribute('aria-pressed')).toBe('false')
  })

  it('goes on when the server comes back, and no edit is lost meanwhile', async () => {
    await editor.open(quick('lasting', 307, 40))
    await editor.byTestId('run').click()
    await editor.node('unet').getByTestId('preview').waitFor()
    await server.crash()
    await editor.page.locator('[data-testid=banner].lost').waitFor()
    await editor.byTestId('workflow-name').fill('edited meanwhile')
    await editor.byTestId('workflow-name').press('Enter')
    await server.start()
    await editor.byTestId('banner').waitFor({ state: 'detached' })
    expect(await editor.ended()).toBe('finished')
    expect(await editor.byTestId('workflow-name').inputValue()).toBe('edited meanwhile')
    const complaints = editor.complaints.splice(0)
    expect(complaints.filter((complaint) => !complaint.includes('ERR_CONNECTION_REFUSED'))).toEqual([])
  })
})

/** Runs in the page: a picture is decoded only once another one has come. */
function decodeLate(): void {
  const decode = globalThis.createImageBitmap.bind(globalThis)
  let waiting: { readonly source: ImageBitmapSource; readonly go: () => void }[] = []
  globalThis.createImageBitmap = async (source: ImageBitmapSource) => {
    for (const other of waiting) if (other.source !== source) other.go()
    waiting = waiting.filter((other) => other.source === source)
    await new Promise<void>((go) => waiting.push({ source, go }))
    return decode(source)
  }
}
