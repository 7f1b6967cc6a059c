/** The editor as another machine gets it, over plain http, where browsers leave out what they keep for secure pages. */
import { beforeAll, describe, expect, it } from 'vitest'
import { EditorPage } from './editor-page.ts'
import { otherName } from './serve.ts'
import { browser, server, useStage } from './stage.ts'

let editor: EditorPage
let address: string
const token = 'a token of sixteen letters'

useStage(token)
beforeAll(async () => {
  address = server.url.replace('127.0.0.1', otherName)
  editor = await EditorPage.open(browser, `${address}/sign-in#token=${encodeURIComponent(token)}`)
})

const notice = (text: string) => editor.byTestId('notice').filter({ hasText: text }).first()

describe('the editor on another machine', () => {
  it('runs, saves, and has its tabs again after a reload and in another window', async () => {
    expect(await editor.page.evaluate(() => isSecureContext)).toBe(false)
    await editor.byTestId('workflow-name').fill('from afar')
    await editor.byTestId('workflow-name').press('Enter')
    await editor.page.keyboard.press('Control+s')
    await editor.byTestId('save-name').press('Enter')
    await notice('Saved').waitFor()
    expect(await editor.run()).toBe('finished')

    await editor.page.reload()
    await editor.node('boxes').waitFor()
    const other = await editor.page.context().newPage()
    await other.goto(address)
    for (const window of [editor.page, other])
      await expect.poll(() => window.getByTestId('workflow-name').inputValue()).toBe('from afar')
    await other.close()
  })

  it('copies from a menu, and says which keys paste', async () => {
    const fromMenu = (command: string) => editor.page.locator(`[data-command=${command}]`).click()
    await editor.node('noise').locator('header').click({ button: 'right' })
    await fromMenu('copy')
    await notice('1 node copied').waitFor()
    await editor.byTestId('graph').focus()
    await editor.page.keyboard.press('Control+v')
    await editor.node('noise2').waitFor()
    await editor.byTestId('graph').click({ button: 'right', position: { x: 5, y: 300 } })
    await fromMenu('paste')
    await notice('press Ctrl+V').waitFor()
    // A header that such a page cannot have; the server does not know which name a browser trusts.
    expect(editor.complaints.filter((text) => !text.startsWith('The Cross-Origin-Opener-Policy'))).toEqual([])
  })
})
