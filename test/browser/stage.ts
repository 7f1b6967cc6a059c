/**
 * Where the stories of a file take place: a server, a browser and an editor, there before the first story and gone after
 * the last. Every file has its own.
 */
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import type { Browser } from 'playwright-core'
import { EditorPage, launch } from './editor-page.ts'
import { serve, type Served } from './serve.ts'

export let server: Served
export let browser: Browser
export let editor: EditorPage

/** A server and a browser, for stories that open their editors themselves. */
export function useStage(token?: string): void {
  beforeAll(async () => {
    ;[server, browser] = await Promise.all([serve(token), launch()])
  })
  afterAll(async () => {
    await browser.close()
    await server.stop()
  })
}

/** One editor for all stories of the file. */
export function useOneEditor(): void {
  useStage()
  beforeAll(open)
  afterEach(hearNoComplaint)
}

/** A new editor for each story, as on a first visit. */
export function useNewEditors(): void {
  useStage()
  beforeEach(open)
  afterEach(async () => {
    await editor.page.context().close()
    hearNoComplaint()
  })
}

async function open(): Promise<void> {
  editor = await EditorPage.open(browser, server.url)
}

function hearNoComplaint(): void {
  expect(editor.complaints.splice(0)).toEqual([])
}
