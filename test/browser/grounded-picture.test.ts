import { describe, expect, it } from 'vitest'
import { editor, server, useNewEditors } from './stage.ts'
import { changed, example, slow } from './stories.ts'

const textBox = example('text-box')
const endless = slow('endless', 4711)

useNewEditors()

const bottomOf = (box: { y: number; height: number } | null) => (box?.y ?? 0) + (box?.height ?? 0)

describe('the editor', () => {
  it('paints a grounded picture step by step after a box was moved, and undoes the move', async () => {
    const before = await editor.box(0).boundingBox()
    const grip = await editor.middle(editor.box(0))
    await editor.drag(grip, { x: grip.x + 24, y: grip.y - 30 })
    const moved = await editor.box(0).boundingBox()
    expect(moved?.x).toBeGreaterThan((before?.x ?? 0) + 10)
    expect(moved?.y).toBeLessThan((before?.y ?? 0) - 10)

    const previews = new Set<string>()
    await editor.page.exposeFunction('sawPreview', (picture: string) => previews.add(picture))
    await editor.page.evaluate(watchPreviews, 'unet')
    expect(await editor.run()).toBe('finished')
    expect(previews.size).toBeGreaterThanOrEqual(3)

    const result = editor.byTestId('result')
    await result.and(editor.page.locator('[data-step=final]')).waitFor()
    expect(Number(await editor.byTestId('scrubber').getAttribute('data-frames'))).toBeGreaterThanOrEqual(3)
    await editor.page.locator('[data-run][data-state=finished]').first().waitFor()

    await editor.byTestId('undo').click()
    const undone = await editor.box(0).boundingBox()
    expect(undone?.x).toBeCloseTo(before?.x ?? 0, 0)
    expect(undone?.y).toBeCloseTo(before?.y ?? 0, 0)
    expect(editor.complaints).toEqual([])
  })

  it('keeps the whole graph in view while pictures make its cards grow', async () => {
    const before = await editor.node('save').boundingBox()
    await editor.byTestId('run').click()
    expect(await editor.ended()).toBe('finished')
    const lowest = async () => bottomOf(await editor.byTestId('graph').boundingBox())
    const low = async () => bottomOf(await editor.node('save').boundingBox())
    await expect.poll(low).toBeGreaterThan(bottomOf(before) + 50)
    await expect.poll(async () => (await lowest()) - (await low())).toBeGreaterThan(0)
    expect(await editor.byTestId('minimap').isVisible()).toBe(false)
  })

  it('leaves the graph where somebody put it when its cards grow', async () => {
    const graph = await editor.byTestId('graph').boundingBox()
    await editor.page.mouse.move((graph?.x ?? 0) + 20, (graph?.y ?? 0) + 20)
    await editor.page.mouse.wheel(0, 40)
    await editor.settled()
    const put = await editor.node('model').boundingBox()
    await editor.byTestId('run').click()
    expect(await editor.ended()).toBe('finished')
    await editor.node('unet').locator('canvas').waitFor()
    expect(await editor.node('model').boundingBox()).toEqual(put)
  })

  it('opens the workflow inside a picture that is dropped on it', async () => {
    expect(await editor.run()).toBe('finished')
    await editor.byTestId('result').and(editor.page.locator('[data-step=final]')).waitFor()
    const id = editor.pictures.at(-1)
    const png = new Uint8Array(await (await fetch(`${server.url}/api/pictures/${id}`)).arrayBuffer())
    await editor.byTestId('file-menu').click()
    await editor.byTestId('new').click()
    await editor.node('boxes').waitFor({ state: 'detached' })
    await editor.drop('house.png', 'image/png', png)
    await editor.node('boxes').waitFor()
    expect(await editor.node('boxes').locator('[data-box]').count()).toBe(3)
  })

  it('runs only the steps that differ when τ was changed, and shows how many came from the cache', async () => {
    await editor.open(changed(textBox, 'noise', { seed: 97 }))
    expect(await editor.run()).toBe('finished')
    await editor.open(changed(changed(textBox, 'noise', { seed: 97 }), 'cutoff', { on: 0.7 }))
    expect(await editor.run()).toBe('finished')
    // 30 steps, of which τ = 0.5 and τ = 0.7 share the first 15.
    expect(await editor.node('unet').locator('[data-mark=done]').getAttribute('data-hits')).toBe('15')
  })

  it('draws a new box where the mouse is dragged, and takes it back with undo', async () => {
    await drawBox()
    expect(await boxes().count()).toBe(4)
    await editor.byTestId('undo').click()
    expect(await boxes().count()).toBe(3)
  })

  it('removes the new box, and not its node, with Delete once its phrase was typed and entered', async () => {
    await editor.node('boxes').locator('header').click()
    for (const key of ['Enter', 'Escape']) {
      await drawBox()
      await editor.node('boxes').locator('[data-phrase="3"]:focus').fill('a cloud')
      await editor.page.keyboard.press(key)
      await editor.page.locator('[data-box="3"]:focus').waitFor()
      await editor.page.keyboard.press('Delete')
      expect(await boxes().count()).toBe(3)
    }
  })

  it('refuses a link between ports of different types with a sentence', async () => {
    const from = editor.page.locator('[data-socket="noise.latent"][data-side="out"]')
    const to = editor.page.locator('[data-socket="save.image"][data-side="in"]')
    await editor.drag(await editor.middle(from), await editor.middle(to))
    const notice = editor.byTestId('notice')
    await notice.waitFor()
    expect(await notice.textContent()).toContain('an input takes only its own type')
  })

  it('marks the node while a box is wrong, in few words on the card, and refuses to run it', async () => {
    await editor.open({ ...textBox, nodes: { ...textBox.nodes, lone: { type: 'image/resize' } } })
    const phrase = editor.node('boxes').locator('[data-phrase="1"]')
    await phrase.fill('')
    await phrase.press('Tab')
    const fault = editor.page.locator('[data-fault-node="boxes"]')
    await fault.waitFor()
    const sentence = 'box 2 has no phrase: name what should stand in it'
    expect(await fault.textContent()).toContain(sentence)
    const message = editor.node('boxes').locator('.message')
    expect(await message.textContent()).toContain('Box 2 has no phrase')
    expect(await message.getAttribute('title')).toContain(sentence)

    await editor.byTestId('language').click()
    expect(await fault.textContent()).toContain('第 2 个框没有短语')
    await editor.byTestId('language').click()

    // The unfinished node does not stand in the way of a run, but it stays in the list.
    await editor.byTestId('run').click()
    await editor.byTestId('notice').filter({ hasText: 'Cannot run: 1 problem to mend' }).waitFor()
    expect(await editor.byTestId('faults').getAttribute('data-count')).toBe('2')
  })

  it('blames a new box for having no phrase only when the place to type it is left, and warns under the canvas', async () => {
    await drawBox()
    await editor.node('boxes').locator('[data-phrase="3"]:focus').waitFor()
    const box = editor.box(3)
    expect(await box.getAttribute('class')).not.toContain('faulty')
    await editor.page.keyboard.press('Enter')
    await editor.node('boxes').locator('.message').filter({ hasText: 'Box 4 has no phrase' }).waitFor()
    expect(await box.getAttribute('class')).toContain('faulty')

    await editor.page.keyboard.press('Enter')
    await editor.node('boxes').locator('[data-phrase="3"]:focus').fill('a dragon')
    const remark = editor.node('boxes').locator('[data-remark]')
    expect(await remark.textContent()).toContain("The prompt does not speak of 'a dragon'")
    const canvas = await editor.node('boxes').getByTestId('box-canvas').boundingBox()
    const said = await remark.boundingBox()
    expect(said?.y).toBeGreaterThanOrEqual((canvas?.y ?? 0) + (canvas?.height ?? 0))
  })

  it('runs a job again whose runner was killed, gives it up the second time, and runs the next job', async () => {
    await editor.open(endless)
    await editor.byTestId('run').click()
    await editor.node('unet').getByTestId('preview').waitFor()
    const job = await editor.newestRun()
    server.killRunner()
    await expect.poll(() => stepsOfStart(job, 2)).toBeGreaterThan(0)
    server.killRunner()
    expect(await editor.ended()).toBe('failed')
    const said = await editor.byTestId('faults').textContent()
    expect(said).toMatch(/The runner ended while node 'unet' ran .* started 2 times and is not tried again/)
    await editor.byTestId('language').click()
    expect(await editor.byTestId('faults').textContent()).toContain('运行进程已意外结束')
    await editor.open(textBox)
    expect(await editor.run()).toBe('finished')
  })

  it('stops between steps when Cancel is pressed', async () => {
    await editor.open(endless)
    await editor.byTestId('run').click()
    await editor.node('unet').getByTestId('preview').waitFor()
    await editor.byTestId('cancel').click()
    expect(await editor.ended()).toBe('cancelled')
  })
})

const boxes = () => editor.node('boxes').locator('[data-box]')

/** Draws a box on the card, in a corner that is free. */
async function drawBox(): Promise<void> {
  const area = await editor.node('boxes').getByTestId('box-canvas').boundingBox()
  if (!area) throw new Error('The canvas of the boxes is not on the page')
  const at = (x: number, y: number) => ({ x: area.x + x * area.width, y: area.y + y * area.height })
  await editor.drag(at(0.1, 0.1), at(0.4, 0.3))
}

/** How many steps a job has done since it was started for the nth time; -1 before that. */
async function stepsOfStart(job: string | null, nth: number): Promise<number> {
  const answer = await fetch(`${server.url}/api/jobs/${job}`)
  const { events } = (await answer.json()) as { events: { kind: string }[] }
  const starts = events.flatMap(({ kind }, at) => (kind === 'started' ? [at] : []))
  const from = starts[nth - 1]
  return from === undefined ? -1 : events.slice(from).filter(({ kind }) => kind === 'step').length
}

/** Runs in the page: reports each different picture that a node's preview shows. */
function watchPreviews(id: string): void {
  const report = (globalThis as unknown as { sawPreview(picture: string): void }).sawPreview
  const look = (): void => {
    const canvas = document.querySelector<HTMLCanvasElement>(
      `[data-node="${id}"] [data-testid=preview] canvas`,
    )
    if (canvas && canvas.width > 0) report(canvas.toDataURL())
    requestAnimationFrame(look)
  }
  look()
}
