/** The graph that stories about nodes and links begin with, and what they do with it. */
import { beforeEach } from 'vitest'
import type { Locator } from 'playwright-core'
import type { Workflow } from '#workflows/format.ts'
import { editor, useOneEditor } from './stage.ts'

/** model ─► noise ─► decode ─► show, and a lone resize above. */
export const graph: Workflow = {
  groundwork: 1,
  name: 'graph',
  nodes: {
    model: { type: 'model/load' },
    noise: { type: 'latent/noise', inputs: { model: 'model.model' } },
    decode: { type: 'vae/decode', inputs: { model: 'model.model', latent: 'noise.latent' } },
    show: { type: 'image/preview', inputs: { image: 'decode.image' } },
    lone: { type: 'image/resize' },
    text: { type: 'text/encode', inputs: { model: 'model.model' } },
  },
  view: {
    nodes: {
      model: [0, 0],
      noise: [340, 40],
      decode: [680, 0],
      show: [1020, 40],
      lone: [400, 330],
      text: [0, 330],
    },
  },
}

/** The document as it is edited: what the page would save. */
export async function saved(): Promise<Workflow> {
  await page().keyboard.press('Control+a')
  return page().evaluate(() => {
    const transfer = new DataTransfer()
    document.dispatchEvent(new ClipboardEvent('copy', { clipboardData: transfer, cancelable: true }))
    return JSON.parse(transfer.getData('text/plain')) as Workflow
  })
}

export const page = () => editor.page
export const key = (name: string) => page().keyboard.press(name)
export const header = (id: string): Locator => editor.node(id).locator('header')
export const socket = (port: string, side: 'in' | 'out') =>
  page().locator(`[data-socket="${port}"][data-side="${side}"]`)
export const inputsOf = async (id: string) => (await saved()).nodes[id]?.inputs ?? {}

export async function select(...ids: string[]): Promise<void> {
  await header(ids[0] ?? '').click()
  for (const id of ids.slice(1)) await header(id).click({ modifiers: ['Shift'] })
}

/** The nodes that are selected, in the order in which they stand on the page. */
export const selected = () =>
  page()
    .locator('.card.selected')
    .evaluateAll((cards) => cards.map((card) => card.getAttribute('data-node')))

/** A free point of the ground, in pixels of the page. */
export async function ground(dx = 0, dy = 0): Promise<{ x: number; y: number }> {
  const box = await editor.byTestId('graph').boundingBox()
  return { x: (box?.x ?? 0) + 700 + dx, y: (box?.y ?? 0) + (box?.height ?? 0) - 60 + dy }
}

/** The middle of the straight link from decode to show. */
export async function onLink(): Promise<{ x: number; y: number }> {
  const [a, b] = await Promise.all([
    editor.middle(socket('decode.image', 'out')),
    editor.middle(socket('show.image', 'in')),
  ])
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }
}

/** One editor for all stories of the file; each begins with a workflow as it was, this graph where none is named. */
export function useGraph(workflow = graph): void {
  useOneEditor()
  beforeEach(() => show(workflow))
}

/** Opens a workflow and waits until all of it is on the page. */
export async function show(workflow: Workflow): Promise<void> {
  await editor.open(workflow)
  await page().locator('[data-testid=graph][data-settled=true]').waitFor()
  await editor.node(Object.keys(workflow.nodes).at(-1) ?? '').waitFor()
}
