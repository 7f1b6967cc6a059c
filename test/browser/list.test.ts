import { beforeEach, describe, expect, it } from 'vitest'
import type { Workflow } from '#workflows/format.ts'
import { editor, useOneEditor } from './stage.ts'

useOneEditor()

/** model ─► noise, in a frame, beside a note. */
const graph: Workflow = {
  groundwork: 1,
  name: 'list',
  nodes: {
    model: { type: 'model/load' },
    noise: { type: 'latent/noise', inputs: { model: 'model.model' } },
  },
  view: {
    nodes: { model: [0, 0], noise: [400, 0] },
    frames: [{ title: 'Begin', nodes: ['model'] }],
    notes: { idea: { text: 'An idea', at: [0, 400], size: [200, 100] } },
  },
}

const page = () => editor.page
const key = (name: string) => page().keyboard.press(name)
const row = (name: string) => editor.byTestId('outline').locator(`[data-row="${name}"]`)
const field = (name: string) => editor.byTestId('outline-form').locator(name)

/** Goes down the list with the arrow key to a line. */
async function goTo(name: string): Promise<void> {
  await key('Home')
  const focused = () => page().evaluate(() => document.activeElement?.getAttribute('data-row'))
  while ((await focused()) !== name) {
    const before = await focused()
    await key('ArrowDown')
    await expect.poll(focused).not.toBe(before)
  }
}

/** The document as it is edited. */
async function saved(): Promise<Workflow> {
  await key('Escape')
  await key('Control+a')
  return page().evaluate(() => {
    const transfer = new DataTransfer()
    document.dispatchEvent(new ClipboardEvent('copy', { clipboardData: transfer, cancelable: true }))
    return JSON.parse(transfer.getData('text/plain')) as Workflow
  })
}

beforeEach(async () => {
  await editor.open(graph)
  await editor.byTestId('graph').focus()
  await key('v')
  await editor.byTestId('outline').locator(':focus').waitFor()
})

describe('the list, by keyboard', () => {
  it('reads, writes, adds and removes notes', async () => {
    expect(await row('note:idea').textContent()).toContain('An idea')
    await goTo('note:idea')
    await key('Enter')
    await field('textarea:focus').waitFor()
    await key('Control+a')
    await page().keyboard.type('Another one')
    await key('Escape')
    await expect.poll(() => row('note:idea').textContent()).toContain('Another one')
    await key('n')
    await field('textarea:focus').waitFor()
    await page().keyboard.type('New')
    await key('Escape')
    await row('note:note').locator('text=New').waitFor()
    await goTo('note:idea')
    await key('Delete')
    await row('note:idea').waitFor({ state: 'detached' })
  })

  it('sets a value of a node, and mutes it', async () => {
    await goTo('noise')
    await key('Enter')
    const width = field('[data-param="noise.width"]')
    await width.focus()
    await page().keyboard.type('128')
    await key('Enter')
    await field('[data-field=mode]').selectOption('mute')
    const { nodes } = await saved()
    expect([nodes['noise']?.values, nodes['noise']?.mode]).toEqual([{ width: 128 }, 'mute'])
  })

  it('names and colours a frame, chooses what is in it, and removes it', async () => {
    await goTo('frame:0')
    expect(await row('frame:0').textContent()).toContain('LoadModel')
    await key('Enter')
    await field('[data-field=title]:focus').waitFor()
    await key('Control+a')
    await page().keyboard.type('Start')
    await key('Tab')
    await field('[data-field=colour]').selectOption('teal')
    await key('Tab')
    await key('Tab')
    await field('[data-member=noise]:focus').waitFor()
    await key('Space')
    await expect.poll(() => row('frame:0').textContent()).toContain('LoadModel, LatentNoise')
    expect((await saved()).view?.frames).toEqual([
      { title: 'Start', nodes: ['model', 'noise'], colour: 'teal' },
    ])
    await goTo('frame:0')
    await key('Delete')
    await row('frame:0').waitFor({ state: 'detached' })
  })

  it('bends a link at a point, moves it and takes it away, and cuts the link', async () => {
    await goTo('noise')
    await key('ArrowRight')
    await goTo('noise/input/model')
    await key('Enter')
    await field('[data-link="noise.model"]:focus').waitFor()
    await key('Tab')
    await field('[data-add-point="noise.model"]:focus').waitFor()
    await key('Enter')
    const x = field('[data-point="noise.model/0.x"]')
    await x.focus()
    await key('Control+a')
    await page().keyboard.type('300')
    await key('Tab')
    await expect.poll(async () => row('noise/input/model').textContent()).toContain('(300, ')
    await key('Tab')
    await key('Enter')
    await x.waitFor({ state: 'detached' })
    await key('Escape')
    await editor.byTestId('outline').locator(':focus').waitFor()
    await goTo('noise/input/model')
    await key('Delete')
    await expect.poll(() => row('noise/input/model').textContent()).not.toContain('LoadModel')
    expect((await saved()).nodes['noise']?.inputs).toBeUndefined()
  })
})
