/** The editor in a real Chromium, and the few gestures that the stories below are made of. */
import { chromium, type Browser, type JSHandle, type Locator, type Page } from 'playwright-core'
import { findChromium } from './ensure-chromium.ts'
import { otherName } from './serve.ts'

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  `--host-resolver-rules=MAP ${otherName} 127.0.0.1`,
]

export function launch(): Promise<Browser> {
  const executablePath = findChromium()
  if (!executablePath)
    throw new Error('Cannot run the browser tests: no Chromium, run `npm run test:browser`')
  return chromium.launch({ executablePath, args: flags })
}

export class EditorPage {
  readonly page: Page
  /** What the page complained of: there must be nothing, save where the story is that something fails. */
  readonly complaints: string[] = []
  /** Ids of the finished pictures that the page fetched, in order. */
  readonly pictures: string[] = []

  private constructor(page: Page) {
    this.page = page
    page.on('response', (response) => {
      const id = /\/api\/pictures\/([0-9a-f]{64})$/.exec(response.url())?.[1]
      if (id) this.pictures.push(id)
    })
    page.on('pageerror', (error) => this.complaints.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text())
    })
  }

  /** Opens the editor as on a first visit: nothing remembered but the preferences, in English where they say nothing. */
  static async open(
    browser: Browser,
    url: string,
    preferences: { readonly theme?: string; readonly language?: string } = {},
    size = { width: 1600, height: 900 },
  ): Promise<EditorPage> {
    const context = await browser.newContext({ viewport: size, locale: 'en-GB' })
    if (Object.keys(preferences).length > 0)
      await context.addInitScript((text) => {
        if (!localStorage.getItem('groundwork.settings')) localStorage.setItem('groundwork.settings', text)
      }, JSON.stringify(preferences))
    const editor = new EditorPage(await context.newPage())
    // Generous: on a machine busy with other work the first load takes many times its own time.
    editor.page.setDefaultTimeout(90_000)
    await editor.page.goto(url)
    await editor.node('boxes').waitFor()
    return editor
  }

  node(id: string): Locator {
    return this.page.locator(`[data-node="${id}"]`)
  }

  byTestId(id: string): Locator {
    return this.page.getByTestId(id)
  }

  box(index: number): Locator {
    return this.node('boxes').locator(`[data-box="${index}"]`)
  }

  /** Drags with the mouse as a hand does: several moves between press and release. */
  async drag(from: { x: number; y: number }, to: { x: number; y: number }): Promise<void> {
    const { mouse } = this.page
    await mouse.move(from.x, from.y)
    await mouse.down()
    await mouse.move(to.x, to.y, { steps: 8 })
    await mouse.up()
  }

  async middle(locator: Locator): Promise<{ x: number; y: number }> {
    const box = await locator.boundingBox()
    if (!box) throw new Error('Cannot find the middle of something that is not on the page')
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
  }

  /** Presses Run and waits until the job has ended; returns how. */
  async run(): Promise<string | null> {
    const before = await this.newestRun()
    await this.byTestId('run').click()
    await this.page.waitForFunction(
      (before) =>
        document.querySelector('[data-testid=history] [data-run]')?.getAttribute('data-run') !== before,
      before,
    )
    return this.ended()
  }

  async newestRun(): Promise<string | null> {
    const runs = this.byTestId('history').locator('[data-run]')
    return (await runs.count()) === 0 ? null : runs.first().getAttribute('data-run')
  }

  async ended(): Promise<string | null> {
    const progress = this.byTestId('progress')
    await progress
      .and(this.page.locator('[data-state=finished],[data-state=failed],[data-state=cancelled]'))
      .waitFor()
    return progress.getAttribute('data-state')
  }

  /** The id of the last picture of the newest run. */
  async lastPicture(): Promise<string> {
    const address = await this.byTestId('download').getAttribute('href')
    return address?.split('/').at(-1) ?? ''
  }

  /** Waits until the page has drawn everything: no request is under way, and two frames have passed. */
  async settled(): Promise<void> {
    await this.page.waitForLoadState('networkidle')
    await this.page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
    )
  }

  /** Opens a workflow as a person would: drops its file on the graph. */
  async open(workflow: { readonly nodes: object; readonly [key: string]: unknown }): Promise<void> {
    await this.drop('workflow.json', 'application/json', new TextEncoder().encode(JSON.stringify(workflow)))
    await this.node(Object.keys(workflow.nodes)[0] ?? '').waitFor()
  }

  /** Drops a file on the page as from a desktop: on the graph, or over it on what is named. */
  async drop(name: string, type: string, bytes: Uint8Array, onto = this.byTestId('graph')): Promise<void> {
    const transfer = await this.transfer(name, type, bytes)
    await this.byTestId('graph').dispatchEvent('dragover', { dataTransfer: transfer })
    await this.veil.waitFor()
    await onto.dispatchEvent('dragover', { dataTransfer: transfer })
    await onto.dispatchEvent('drop', { dataTransfer: transfer })
    await this.veil.waitFor({ state: 'detached' })
  }

  /** What lies over the page while a file is dragged over it. */
  private get veil(): Locator {
    return this.page.locator('.dropping')
  }

  /** Pastes a file where the focus is. */
  async pasteFile(name: string, type: string, bytes: Uint8Array): Promise<void> {
    const transfer = await this.transfer(name, type, bytes)
    await transfer.evaluate((clipboardData) =>
      document.activeElement?.dispatchEvent(
        new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }),
      ),
    )
  }

  private transfer(name: string, type: string, bytes: Uint8Array): Promise<JSHandle<DataTransfer>> {
    return this.page.evaluateHandle(
      ({ name, type, bytes }) => {
        const transfer = new DataTransfer()
        transfer.items.add(new File([new Uint8Array(bytes)], name, { type }))
        return transfer
      },
      { name, type, bytes: [...bytes] },
    )
  }
}
