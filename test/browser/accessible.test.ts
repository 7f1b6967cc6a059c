import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { editor, useOneEditor } from './stage.ts'
import { quick } from './stories.ts'

useOneEditor()

const page = () => editor.page
const key = (name: string) => page().keyboard.press(name)

const graph = {
  groundwork: 1,
  nodes: {
    model: { type: 'model/load' },
    noise: { type: 'latent/noise', inputs: { model: 'model.model' } },
    decode: { type: 'vae/decode', inputs: { model: 'model.model', latent: 'noise.latent' } },
    lone: { type: 'image/resize' },
  },
}

describe('the list', () => {
  it('adds, links, sets, renames and deletes with the keyboard alone', async () => {
    await editor.open(graph)
    await editor.node('lone').locator('header').click()
    await key('v')
    const tree = editor.byTestId('outline')
    await tree.locator('[data-row=lone]').and(page().locator(':focus')).waitFor()
    await key('ArrowRight')
    await key('ArrowDown')
    await key('Enter')
    await page().locator('[data-link="lone.image"]').and(page().locator(':focus')).waitFor()
    await page().locator('[data-link="lone.image"]').selectOption('decode.image')
    await key('Escape')
    await key('ArrowLeft')
    await key('Enter')
    await page().keyboard.press('Control+a')
    await page().keyboard.type('Smaller')
    await key('Tab')
    await expect.poll(() => tree.locator('[data-row=lone] b').textContent()).toBe('Smaller')
    expect(await tree.locator('[data-row="lone/input/image"]').textContent()).toContain('VAEDecode · image')
    await key('Escape')
    await key('a')
    await page().keyboard.type('int')
    await key('Enter')
    await tree.locator('[data-row=int]').waitFor()
    await key('Delete')
    await tree.locator('[data-row=int]').waitFor({ state: 'detached' })
    await key('v')
    await editor.byTestId('outline').waitFor({ state: 'detached' })
  })
})

/** What can have the focus and looks the same with and without it, as does what stands around it. */
const unmarked = `(() => {
  const look = (element) => {
    const { outlineStyle, outlineWidth, outlineColor, boxShadow, backgroundColor, borderColor } = getComputedStyle(element)
    return [outlineStyle, outlineWidth, outlineColor, boxShadow, backgroundColor, borderColor].join()
  }
  const both = (element) => look(element) + look(element.parentElement)
  const all = document.querySelectorAll('a[href], button, input, select, textarea, [tabindex]:not([tabindex="-1"])')
  return [...all].flatMap((element) => {
    document.activeElement?.blur()
    const plain = both(element)
    element.focus({ focusVisible: true, preventScroll: true })
    const isHeld = document.activeElement === element
    return isHeld && both(element) === plain ? [element.outerHTML.slice(0, 160)] : []
  })
})()`

describe('whatever can have the focus', () => {
  it('shows that it has it: on the graph, the canvas, the list, the form and the queue', async () => {
    await editor.open({
      ...quick('focus', 611),
      form: { fields: ['unet.guidance', 'boxes.boxes', 'text.text'] },
    })
    const views = {
      graph: () => editor.byTestId('graph').focus(),
      canvas: async () => {
        await editor.node('boxes').locator('header').click()
        await key('Enter')
        await editor.byTestId('canvas-dock').waitFor()
      },
      queue: () => editor.byTestId('dock-queue').click(),
      list: async () => {
        await editor.byTestId('close-canvas').click()
        await editor.byTestId('graph').focus()
        await key('v')
        await editor.byTestId('outline').waitFor()
      },
      form: () => key('Alt+f'),
    }
    for (const [name, show] of Object.entries(views)) {
      await show()
      await editor.settled()
      await key('Shift') // The last thing that was used is a keyboard: only then is the focus shown.
      expect([name, await page().evaluate(unmarked)]).toEqual([name, []])
    }
    await key('Alt+f')
  })
})

describe('the main views', () => {
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

  /** Serious faults that axe finds on the page, each with an element where it stands. */
  async function faults(): Promise<string[]> {
    // As a string it is run by the browser's own door, which the page's policy against foreign scripts does not close.
    await page().evaluate(axe)
    return page().evaluate(async () => {
      interface Violation {
        readonly id: string
        readonly impact: string
        readonly nodes: readonly { readonly html: string }[]
      }
      const { axe } = globalThis as unknown as {
        axe: { run(options: object): Promise<{ violations: readonly Violation[] }> }
      }
      const { violations } = await axe.run({ resultTypes: ['violations'] })
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`)
    })
  }

  it.each(['dark', 'light'])('have no serious fault for those who use aids: %s', async (theme) => {
    if ((await page().locator('html').getAttribute('data-theme')) !== theme)
      await editor.byTestId('theme').click()
    expect(await faults()).toEqual([])
    await key('v')
    await editor.byTestId('outline').waitFor()
    expect(await faults()).toEqual([])
    await key('v')
    await key('?')
    await editor.byTestId('key-sheet').waitFor()
    expect(await faults()).toEqual([])
    await key('Escape')
  })
})
