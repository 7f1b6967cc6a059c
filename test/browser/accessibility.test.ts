import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { EditorPage } from './editor-page.ts'
import { browser, server, useStage } from './stage.ts'
import { quick } from './stories.ts'

/** What the rules of WCAG 2.2 at level AA are called there. */
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

useStage()

/** Cards are as large as the zoom makes them, and the list of nodes stands in for them: they are not judged here. */
const page = { exclude: [['[data-testid=graph]']] }

interface Axe {
  run(
    context: object,
    options: object,
  ): Promise<{
    readonly violations: readonly {
      readonly id: string
      readonly nodes: readonly { readonly html: string }[]
    }[]
  }>
}

/** Every rule that is broken, with the element that breaks it. */
async function broken(editor: EditorPage): Promise<string[]> {
  await editor.settled()
  return editor.page.evaluate(
    async ([context, tags]) => {
      const { violations } = await (globalThis as unknown as { axe: Axe }).axe.run(context, { runOnly: tags })
      return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`))
    },
    [page, rules] as const,
  )
}

describe.each(['dark', 'light'])('the page around the graph, %s', (theme) => {
  it('breaks no rule of WCAG 2.2 AA, in any of its dialogs', async () => {
    const editor = await EditorPage.open(browser, server.url, { theme }, { width: 1280, height: 720 })
    await editor.page.evaluate(await readFile(axe, 'utf8'))
    await editor.open(quick('seen by all', 601))
    expect(await editor.run()).toBe('finished')
    expect(await broken(editor)).toEqual([])
    await editor.byTestId('dock-queue').click()
    expect(await broken(editor)).toEqual([])
    await editor.node('boxes').locator('header').click()
    await editor.page.keyboard.press('f')
    await editor.node('boxes').getByTestId('box-canvas').hover()
    await editor.node('boxes').getByTestId('enlarge').click()
    // Cards that reach under the canvas would count as lying over its buttons.
    await editor.byTestId('graph').focus()
    await editor.page.keyboard.press('Home')
    await editor.byTestId('canvas-dock').locator('[data-box="0"]').focus()
    expect(await broken(editor)).toEqual([])
    await editor.byTestId('close-canvas').click()
    for (const keys of ['Alt+t', 'Alt+o', 'Alt+s', 'Control+,', 'Control+Shift+s', 'Alt+r']) {
      await editor.page.keyboard.press(keys)
      await editor.page.locator('[role=dialog]').waitFor()
      expect([keys, await broken(editor)]).toEqual([keys, []])
      await editor.page.keyboard.press('Escape')
      await editor.page.locator('[role=dialog]').waitFor({ state: 'detached' })
    }
    await editor.page.keyboard.press('Alt+f')
    expect(await broken(editor)).toEqual([])
    await editor.page.keyboard.press('Alt+w')
    await editor.page.keyboard.press('Alt+w')
    expect(await broken(editor)).toEqual([])
    await editor.page.context().close()
  })
})
