import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import type { Download } from 'playwright-core'
import type { Workflow } from '#workflows/format.ts'
import { EditorPage } from './editor-page.ts'
import { browser, editor, server, useNewEditors } from './stage.ts'
import { changed, quick } from './stories.ts'

useNewEditors()

const tabs = (of = editor) => of.byTestId('tabs').getByRole('tab')
const active = (of = editor) => tabs(of).and(of.page.locator('[aria-selected=true]'))
const nameOf = (of = editor) => of.byTestId('workflow-name').inputValue()
const isUnsaved = (of = editor) => active(of).getAttribute('data-unsaved')

async function rename(name: string, of = editor): Promise<void> {
  await of.byTestId('workflow-name').fill(name)
  await of.byTestId('workflow-name').press('Enter')
}

async function fromMenu(entry: string): Promise<void> {
  await editor.byTestId('file-menu').click()
  await editor.byTestId(entry).click()
}

async function bytesOf(download: Download): Promise<Uint8Array> {
  return new Uint8Array(await readFile(await download.path()))
}

/** Waits until the browser has written what is open: the name stands in its storage. */
async function kept(name: string): Promise<void> {
  await editor.page.waitForFunction(
    (name) => Object.values(localStorage).some((text) => String(text).includes(name)),
    name,
  )
}

describe('open workflows', () => {
  it('stand in tabs, by mouse and by keyboard, and are marked while they are not saved', async () => {
    await editor.open(quick('first', 501))
    await editor.open(quick('second', 502))
    expect(await isUnsaved()).toBe('false')
    await rename('second, edited')
    expect(await isUnsaved()).toBe('true')
    await tabs().filter({ hasText: 'first' }).click()
    expect(await nameOf()).toBe('first')
    await active().press('ArrowRight')
    expect(await nameOf()).toBe('second, edited')
    await editor.page.keyboard.press('Control+z')
    await expect.poll(() => isUnsaved()).toBe('false')
  })

  it('come back as they were after the page was closed, with what can be undone', async () => {
    await editor.open(quick('one', 503))
    await editor.open(quick('two', 504))
    await rename('two, edited')
    await kept('two, edited')
    await editor.page.reload()
    await expect.poll(() => nameOf()).toBe('two, edited')
    expect(await tabs().allTextContents()).toHaveLength(3)
    expect(await isUnsaved()).toBe('true')
    await editor.byTestId('undo').click()
    expect(await nameOf()).toBe('two')
  })

  it('are closed only after a question when that would lose something', async () => {
    await editor.open(quick('doomed', 505))
    await rename('edited')
    await editor.page.keyboard.press('Alt+w')
    await editor.page.locator('[data-dialog=close-tab]').waitFor()
    await editor.page.keyboard.press('Escape')
    expect(await nameOf()).toBe('edited')
    await editor.page.keyboard.press('Alt+w')
    await editor.byTestId('close-discard').click()
    expect(await nameOf()).not.toBe('edited')

    await editor.open(quick('never saved', 514))
    await rename('kept first')
    await editor.page.keyboard.press('Alt+w')
    await editor.byTestId('close-save').click()
    await editor.byTestId('save-name').press('Enter')
    await expect.poll(nameOf).not.toBe('kept first')
    await editor.byTestId('notice').filter({ hasText: 'kept first' }).first().waitFor()
  })

  it('are begun, walked through and closed by keyboard, and by mouse', async () => {
    await editor.open(quick('only', 513))
    const open = await tabs().count()
    await editor.page.keyboard.press('Alt+n')
    await expect.poll(() => tabs().count()).toBe(open + 1)
    await editor.page.keyboard.press('Alt+ArrowLeft')
    expect(await nameOf()).toBe('only')
    await editor.byTestId('new-tab').click()
    await expect.poll(() => tabs().count()).toBe(open + 2)
    await editor.page.keyboard.press('Alt+ArrowLeft')
    await editor.page.keyboard.press('Alt+ArrowLeft')
    expect(await nameOf()).toBe('only')
    await editor.page.keyboard.press('Alt+ArrowRight')
    expect(await nameOf()).toBe('')
    await editor.page.locator('[data-close-tab]').last().click()
    await active().press('Delete')
    await expect.poll(() => tabs().count()).toBe(open)
  })

  it('leave a page to begin anew when the last one is closed', async () => {
    await editor.page.keyboard.press('Alt+w')
    await editor.byTestId('start-page').locator('[data-example="text-only"]').click()
    await expect.poll(() => tabs().count()).toBe(1)
    await editor.node('text').waitFor()
  })

  it('begin from an example with a picture', async () => {
    await editor.byTestId('examples').click()
    const dialog = editor.page.locator('[data-dialog=start]')
    const pictures = dialog.locator('img')
    await expect
      .poll(() =>
        pictures.evaluateAll((all) => all.every((one) => (one as HTMLImageElement).naturalWidth > 0)),
      )
      .toBe(true)
    await dialog.locator('[data-example="with-and-without"]').press('Enter')
    await expect.poll(() => nameOf()).toBe('With and without boxes')
    await editor.page.keyboard.press('Alt+t')
    await dialog.locator('[data-example="text-only"]').click()
    await expect.poll(() => nameOf()).toBe('Text alone')
  })
})

describe('a workflow on the server', () => {
  it('is saved by key, found again, and not overwritten by another window', async () => {
    await editor.open(quick('shared work', 506))
    await editor.page.keyboard.press('Control+s')
    await editor.byTestId('save-name').and(editor.page.locator(':focus')).waitFor()
    await editor.page.keyboard.press('Enter')
    await editor.byTestId('notice').filter({ hasText: 'shared work' }).last().waitFor()

    const other = await EditorPage.open(browser, server.url)
    await other.page.keyboard.press('Alt+o')
    await other
      .byTestId('library')
      .getByRole('button', { name: /shared work/ })
      .click()
    await expect.poll(() => nameOf(other)).toBe('shared work')
    await rename('theirs', other)
    await other.page.keyboard.press('Control+s')
    await expect.poll(() => isUnsaved(other)).toBe('false')

    await rename('mine')
    await editor.page.keyboard.press('Control+s')
    const dialog = editor.page.locator('[data-dialog=conflict]')
    await dialog.waitFor()
    expect(await dialog.textContent()).toContain('You opened revision 1; revision 2 stands on the server now')
    await editor.byTestId('conflict-theirs').click()
    await expect.poll(() => nameOf()).toBe('theirs')
    expect(await tabs().filter({ hasText: 'mine' }).getAttribute('data-unsaved')).toBe('true')
    expect(editor.complaints.splice(0)).toEqual([expect.stringContaining('409 (Conflict)')])
    await other.page.context().close()
  })

  it('is saved by a key that is held or pressed once more, without a quarrel with itself', async () => {
    await editor.open(quick('often', 515))
    await editor.page.keyboard.press('Control+s')
    await editor.byTestId('save-name').press('Enter')
    await expect.poll(isUnsaved).toBe('false')
    const saves: string[] = []
    editor.page.on('request', (request) => request.method() === 'PUT' && saves.push(request.url()))
    await rename('often saved')
    const { keyboard } = editor.page
    await keyboard.down('Control')
    for (let time = 0; time < 5; time++) await keyboard.down('s')
    await keyboard.up('s')
    await keyboard.up('Control')
    await expect.poll(isUnsaved).toBe('false')
    expect(saves).toHaveLength(1)
    await rename('saved twice at once')
    let answer = (): void => undefined
    const answered = new Promise<void>((resolve) => (answer = resolve))
    await editor.page.route('**/api/workflows/*', (route) => answered.then(() => route.continue()))
    await keyboard.press('Control+s')
    await keyboard.press('Control+s')
    answer()
    await expect.poll(() => saves.length).toBe(3)
    await expect.poll(isUnsaved).toBe('false')
    expect(await editor.page.locator('[data-dialog]').count()).toBe(0)
  })

  it('is saved from the menu, under another name by key, and found in the menu', async () => {
    await editor.open(quick('from the menu', 514))
    await fromMenu('save')
    await editor.byTestId('save-confirm').click()
    await expect.poll(() => isUnsaved()).toBe('false')
    await editor.page.keyboard.press('Control+Shift+s')
    await editor.byTestId('save-name').fill('under another')
    await editor.byTestId('save-name').press('Enter')
    await expect.poll(() => nameOf()).toBe('under another')
    await fromMenu('library')
    const stored = editor.byTestId('library').getByRole('button')
    await stored.filter({ hasText: 'under another' }).first().waitFor()
    await stored.filter({ hasText: 'from the menu' }).first().click()
    await expect.poll(() => nameOf()).toBe('from the menu')
  })

  it('has its revisions, to be opened in a tab or brought back', async () => {
    await editor.open(quick('as it was', 508))
    await editor.page.keyboard.press('Control+s')
    await editor.byTestId('save-name').press('Enter')
    await expect.poll(() => isUnsaved()).toBe('false')
    await rename('as it is')
    await editor.page.keyboard.press('Control+s')
    await expect.poll(() => isUnsaved()).toBe('false')

    const revisions = editor.byTestId('revisions').locator('[data-rev]')
    await fromMenu('revisions')
    await expect.poll(() => revisions.count()).toBe(2)
    await revisions.filter({ hasText: 'as it was' }).locator('[data-action=restore]').click()
    await expect.poll(() => nameOf()).toBe('as it was')
    expect(await isUnsaved()).toBe('true')
    await editor.page.keyboard.press('Control+z')
    await expect.poll(() => nameOf()).toBe('as it is')

    const open = await tabs().count()
    await fromMenu('revisions')
    await revisions.last().locator('[data-action=open]').click()
    await expect.poll(() => tabs().count()).toBe(open + 1)
    expect(await nameOf()).toBe('as it was')
  })

  it('is handed on by a link', async () => {
    await editor.open(quick('handed on', 507))
    await fromMenu('share')
    const address = await editor.byTestId('share-address').inputValue()
    await editor.page.keyboard.press('Escape')
    await editor.page.keyboard.press('Alt+k')
    expect(await editor.byTestId('share-address').inputValue()).toBe(address)
    expect(address).toMatch(/#\/s\/[0-9a-f]{64}$/)
    const other = await EditorPage.open(browser, server.url)
    await other.page.goto(address)
    await expect.poll(() => nameOf(other)).toBe('handed on')
    expect(other.page.url()).not.toContain('#')
    await other.page.context().close()
  })
})

describe('a file', () => {
  it('is chosen from the machine, by the menu and by a key', async () => {
    const file = (name: string) => ({
      name: `${name}.json`,
      mimeType: 'application/json',
      buffer: Buffer.from(JSON.stringify(quick(name, 512))),
    })
    const byKey = editor.page.waitForEvent('filechooser')
    await editor.settled() // The browser begins to hand choosers over only a moment after it is asked to.
    await editor.page.keyboard.press('Control+o')
    await (await byKey).setFiles(file('by key'))
    await expect.poll(() => nameOf()).toBe('by key')
    const byMenu = editor.page.waitForEvent('filechooser')
    await fromMenu('open')
    await (await byMenu).setFiles([file('by menu'), file('with it')])
    await expect.poll(() => tabs().count()).toBe(4)
  })

  it('of JSON holds the workflow and what it was made with', async () => {
    const workflow = quick('as a file', 508)
    await editor.open(workflow)
    const byKey = editor.page.waitForEvent('download')
    await editor.page.keyboard.press('Alt+j')
    expect((await byKey).suggestedFilename()).toBe('as a file.json')
    const waiting = editor.page.waitForEvent('download')
    await fromMenu('export-json')
    const download = await waiting
    expect(download.suggestedFilename()).toBe('as a file.json')
    const { madeWith, ...rest } = JSON.parse(new TextDecoder().decode(await bytesOf(download))) as Workflow
    expect(rest).toEqual(workflow)
    expect(madeWith?.models?.['emoji-world']).toMatch(/^[0-9a-f]{16,}/)
  })

  it('of a picture holds the workflow as it stands, and opens again', async () => {
    await editor.open(quick('in a picture', 509))
    expect(await editor.run()).toBe('finished')
    await rename('in a picture, renamed')
    const byMenu = editor.page.waitForEvent('download')
    await fromMenu('export-png')
    expect((await byMenu).suggestedFilename()).toBe('in a picture, renamed.png')
    const waiting = editor.page.waitForEvent('download')
    await editor.page.keyboard.press('Alt+p')
    const png = await bytesOf(await waiting)
    await editor.byTestId('new-tab').click()
    await editor.drop('picture.png', 'image/png', png, editor.byTestId('tabs'))
    await expect.poll(() => nameOf()).toBe('in a picture, renamed')
  })

  it('that names what this machine lacks says exactly what, and lets another model take its place', async () => {
    const { nodes, ...rest } = quick('elsewhere', 510)
    const file = {
      ...rest,
      nodes: {
        ...nodes,
        model: { type: 'model/load', values: { model: 'sd-gligen' } },
        odd: { type: 'image/sparkle' },
      },
      madeWith: { models: { 'sd-gligen': 'ab'.repeat(32) }, nodes: { 'image/sparkle': 3, 'vae/decode': 99 } },
    }
    await editor.open(file)
    const dialog = editor.page.locator('[data-dialog=differences]')
    await dialog.waitFor()
    expect(await dialog.locator('b').allTextContents()).toEqual([
      "Node type 'vae/decode' is of version 1 here; the file was made with version 99",
      "There is no node type 'image/sparkle' here; the file was made with its version 3",
      "There is no model 'sd-gligen' here; the file was made with the one of hash abababababab…",
    ])
    await dialog.locator('[data-instead="sd-gligen"]').selectOption('emoji-world')
    await editor.byTestId('differences-done').click()
    expect(await editor.page.locator('[data-param="model.model"] select').inputValue()).toBe('emoji-world')
  })

  it('waits for what differs of the one opened with it, and each is changed in its own tab', async () => {
    const fileOf = (model: string) => ({
      name: `${model}.json`,
      mimeType: 'application/json',
      buffer: Buffer.from(JSON.stringify(changed(quick(model, 514), 'model', { model }))),
    })
    await editor.byTestId('open-file').setInputFiles([fileOf('model-one'), fileOf('model-two')])
    for (const model of ['model-one', 'model-two']) {
      await editor.page.locator(`[data-instead="${model}"]`).selectOption('emoji-world')
      expect(await nameOf()).toBe(model)
      await editor.byTestId('differences-done').click()
    }
    const chosen = editor.page.locator('[data-param="model.model"] select')
    await expect.poll(() => chosen.inputValue()).toBe('emoji-world')
    await tabs().filter({ hasText: 'model-one' }).click()
    await expect.poll(() => nameOf()).toBe('model-one')
    expect(await chosen.inputValue()).toBe('emoji-world')
  })
})

describe('the form', () => {
  it('shows the marked values alone, and runs the workflow', async () => {
    await editor.open(quick('simple', 511))
    await editor.page.locator('[data-param="unet.guidance"]').hover()
    await editor.page.locator('[data-param="unet.guidance"] .pin').click()
    await editor.page.locator('[data-param="text.text"] textarea').focus()
    await editor.page.keyboard.press('Shift+Tab')
    await editor.page.locator('[data-param="text.text"] textarea').click({ button: 'right' })
    await editor.byTestId('param-form').press('Enter')
    await editor.page.keyboard.press('Alt+f')
    const form = editor.byTestId('form-view')
    await form.waitFor()
    expect(await form.locator('[data-field]').count()).toBe(2)
    await form.locator('[data-field="text.text"] textarea').fill('a house on a hill')
    await editor.byTestId('form-run').click()
    expect(await editor.ended()).toBe('finished')
    await editor.byTestId('result').and(editor.page.locator('[data-step=final]')).waitFor()
    await form.locator('[data-field="unet.guidance"] [data-action=take-out]').click()
    await expect.poll(() => form.locator('[data-field]').count()).toBe(1)
    await editor.page.keyboard.press('Alt+f')
    await form.waitFor({ state: 'detached' })
    expect(await editor.page.locator('[data-param="text.text"] textarea').inputValue()).toBe(
      'a house on a hill',
    )
  })
})
