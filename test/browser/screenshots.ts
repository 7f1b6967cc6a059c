/**
 * `npm run screenshots`: the editor in ten situations, both themes and both languages, as reference pictures to compare
 * with before a release; and the pictures of the examples that the start dialog shows.
 */
import { mkdir, readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import sharp from 'sharp'
import type { Workflow } from '#workflows/format.ts'
import { EditorPage, launch } from './editor-page.ts'
import { serve, type Served } from './serve.ts'
import { changed, example, many } from './stories.ts'

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const references = folder('reference/')
const templates = folder('../../client/public/templates/')
const examples = folder('../../workflows/examples/')

/** A picture of the page is kept at half its size: enough to see what moved. */
const keptWidth = 800

/** A busy machine takes its time over a whole picture. */
const patienceMs = 240_000

const themes = ['dark', 'light'] as const
const languages = ['en', 'zh-CN'] as const

interface Look {
  readonly theme: (typeof themes)[number]
  readonly language: (typeof languages)[number]
}

const house = example('text-box')

const withForm: Workflow = {
  ...house,
  form: { fields: ['text.text', 'unet.guidance', 'noise.seed', 'boxes.boxes'] },
}
const swept: Workflow = {
  ...changed(house, 'steps', { steps: 10 }),
  sweep: {
    axes: [
      { at: 'unet.guidance', values: [1, 4, 8] },
      { at: 'noise.seed', values: [3, 5] },
    ],
  },
}
const faulty = changed(house, 'boxes', {
  boxes: [
    { phrase: 'a house', box: [0.08, 0.44, 0.48, 0.86] },
    { phrase: '', box: [0.6, 0.42, 0.92, 0.86] },
  ],
})

/** Each leaves the page as the picture should show it. */
const situations: readonly (readonly [
  name: string,
  act: (editor: EditorPage, server: Served) => Promise<void>,
])[] = [
  ['default', async () => undefined],
  [
    'after-run',
    async (editor) => {
      await editor.run()
      await editor.byTestId('scrubber').and(editor.page.locator('[data-kept="30"]')).waitFor()
    },
  ],
  [
    'scrubbing',
    async (editor) => {
      const scale = editor.byTestId('scrubber').locator('input')
      await scale.press('Home')
      for (let step = 0; step < 5; step++) await scale.press('ArrowRight')
      await editor.byTestId('result').and(editor.page.locator('[data-step="6"]')).waitFor()
    },
  ],
  [
    'compare',
    async (editor) => {
      await editor.byTestId('scrubber').locator('input').press('End')
      await editor.open(changed(house, 'noise', { seed: 11 }))
      await editor.run()
      await editor.byTestId('compare').click()
      await editor.byTestId('compare-view').waitFor()
    },
  ],
  [
    'sweep',
    async (editor) => {
      await editor.byTestId('compare').click()
      await editor.open(swept)
      await editor.run()
      await editor.byTestId('sweep-grid').and(editor.page.locator('[data-cells="6"]')).waitFor()
    },
  ],
  [
    'queue',
    async (editor) => {
      await editor.open(changed(house, 'noise', { seed: 12 }))
      await editor.byTestId('dock-queue').click()
      await editor.byTestId('pause-queue').click()
      await editor.byTestId('run').click()
      await editor.page.locator('[data-testid=queue] [data-state=queued]').waitFor()
    },
  ],
  [
    'faults',
    async (editor) => {
      await editor.byTestId('cancel-all').click()
      await editor.byTestId('pause-queue').click()
      await editor.byTestId('dock-result').click()
      await editor.open(faulty)
      await editor.page.locator('[data-fault-node="boxes"]').waitFor()
    },
  ],
  [
    'large',
    async (editor) => {
      const bytes = new TextEncoder().encode(JSON.stringify(many(house, 90)))
      await editor.drop('large.json', 'application/json', bytes)
      await editor.page.waitForFunction(() => document.title.includes('× 90'))
    },
  ],
  [
    'form',
    async (editor) => {
      await editor.open(withForm)
      await editor.page.keyboard.press('Alt+f')
      await editor.byTestId('form-view').waitFor()
    },
  ],
  [
    'empty',
    async (editor) => {
      while ((await editor.byTestId('tabs').getByRole('tab').count()) > 0)
        await editor.page.keyboard.press('Alt+w')
      await editor.byTestId('start-page').waitFor()
    },
  ],
]

async function photograph(browser: Browser, server: Served, look: Look): Promise<void> {
  const editor = await EditorPage.open(browser, server.url, look)
  editor.page.setDefaultTimeout(patienceMs)
  for (const [name, act] of situations) {
    await act(editor, server)
    await editor.byTestId('notice').first().waitFor({ state: 'detached' })
    await editor.settled()
    const picture = await editor.page.screenshot()
    const file = `${references}${name}-${look.theme}-${look.language}.webp`
    await sharp(picture).resize({ width: keptWidth }).webp({ quality: 72 }).toFile(file)
    console.log(file)
  }
  await editor.page.context().close()
}

/** What each example makes, small. */
async function paintTemplates(browser: Browser, server: Served): Promise<void> {
  const editor = await EditorPage.open(browser, server.url)
  editor.page.setDefaultTimeout(patienceMs)
  for (const file of await readdir(examples)) {
    const name = file.replace(/\.json$/, '')
    await editor.open(Object.assign(example(name), { name }))
    if ((await editor.run()) !== 'finished')
      throw new Error(`Cannot paint the example '${name}': its run did not finish`)
    const id = await editor.lastPicture()
    const bytes = Buffer.from(await (await fetch(`${server.url}/api/pictures/${id}`)).arrayBuffer())
    const picture = sharp(bytes).resize(192, 192, { fit: 'cover', kernel: 'nearest' })
    await picture.webp({ quality: 80 }).toFile(`${templates}${name}.webp`)
    console.log(name)
  }
  await editor.page.context().close()
}

await Promise.all([references, templates].map((path) => mkdir(path, { recursive: true })))
const [server, browser] = await Promise.all([serve(), launch()])
try {
  const wish = process.argv[2]
  if (wish !== 'pages') await paintTemplates(browser, server)
  if (wish !== 'templates')
    for (const theme of themes)
      for (const language of languages) await photograph(browser, server, { theme, language })
} finally {
  await browser.close()
  await server.stop()
}
