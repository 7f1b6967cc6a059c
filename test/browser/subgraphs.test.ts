import { describe, expect, it } from 'vitest'
import { graph, header, key, page, saved, select, useGraph } from './graph-page.ts'
import { editor } from './stage.ts'

useGraph()

const port = (name: string) => page().locator(`[data-port="${name}"]`)
const bar = () => editor.byTestId('subgraph-bar')

/** Chooses an entry of the menu of a card. */
async function choose(id: string, command: string): Promise<void> {
  await header(id).click({ button: 'right' })
  await editor.byTestId('graph-menu').locator(`[data-command=${command}]`).click()
}

/** Makes a subgraph of noise and decode and enters it. */
async function inside(): Promise<void> {
  await select('noise', 'decode')
  await key('Control+Shift+g')
  await editor.node('subgraph').waitFor()
  await key('i')
  await bar().waitFor()
}

describe('a subgraph', () => {
  it('is made, entered, given a port, left and unpacked by keyboard', async () => {
    await inside()
    await key('Shift+p')
    await page().keyboard.type('seed')
    await key('Enter')
    await port('params.seed').waitFor()
    await key('o')
    await page().locator('[data-param="subgraph.seed"]').waitFor()
    await select('subgraph')
    await key('Control+Shift+u')
    await editor.node('noise').waitFor()
    expect((await saved()).nodes['show']).toEqual(graph.nodes['show'])
  })

  it('is made, entered, given a port, left and unpacked by mouse', async () => {
    await select('noise', 'decode')
    await choose('noise', 'subgraph')
    await editor.node('subgraph').getByTestId('enter').click()
    await bar().getByTestId('promote').click()
    await page().locator('[data-add="params.noise.seed"]').click()
    await port('params.seed').waitFor()
    await bar().locator('[data-depth="0"]').click()
    await page().locator('[data-param="subgraph.seed"]').waitFor()
    await choose('subgraph', 'unpack')
    await editor.node('noise').waitFor()
    expect((await saved()).nodes['show']).toEqual(graph.nodes['show'])
  })

  it('keeps its links, and a value set outside, when its ports are called something else', async () => {
    await inside()
    await key('Shift+p')
    await page().keyboard.type('seed')
    await key('Enter')
    const called = async (name: string, other: string) => {
      await port(name).locator('input').fill(other)
      await port(name).locator('input').press('Enter')
    }
    await called('inputs.model', 'brain')
    await port('inputs.brain').waitFor()
    await called('outputs.image', 'picture')
    await called('params.seed', 'dice')
    await port('params.dice').waitFor()

    await called('outputs.picture', 'no name at all')
    await editor.byTestId('notice').filter({ hasText: "Cannot call the port 'no name at all'" }).waitFor()
    expect(await port('outputs.picture').locator('input').inputValue()).toBe('picture')

    await editor.byTestId('graph').focus()
    await key('o')
    await editor.node('subgraph').waitFor()
    const { nodes } = await saved()
    expect(nodes['subgraph']?.inputs).toEqual({ brain: 'model.model' })
    expect(nodes['show']?.inputs).toEqual({ image: 'subgraph.picture' })
    await page().locator('[data-param="subgraph.dice"]').waitFor()
  })

  it('has a title of its own, loses a port that is taken away, and stands in the file', async () => {
    await inside()
    const title = bar().getByRole('textbox', { name: 'Name of the subgraph' })
    await title.fill('Painter')
    await title.press('Enter')
    await port('outputs.image').getByRole('button').click()
    await port('outputs.image').waitFor({ state: 'detached' })
    await key('o')
    await editor.node('subgraph').getByText('Painter').waitFor()
    const { nodes, subgraphs } = await saved()
    expect(nodes['show']?.inputs).toBeUndefined()
    const [painter] = Object.values(subgraphs ?? {})
    expect([painter?.title, Object.keys(painter?.nodes ?? {}), painter?.outputs]).toEqual([
      'Painter',
      ['noise', 'decode'],
      {},
    ])
  })
})
