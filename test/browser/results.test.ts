import { describe, expect, it } from 'vitest'
import { editor, server, useNewEditors } from './stage.ts'
import { changed, quick } from './stories.ts'

useNewEditors()

const scale = () => editor.byTestId('scrubber').locator('input')
const shownStep = () => editor.byTestId('result').getAttribute('data-step')
const keptSteps = () => editor.byTestId('scrubber').getAttribute('data-kept')

describe('the steps of a finished run', () => {
  it('are all kept, and are flipped through by mouse and by keyboard, with the boxes and the gate', async () => {
    await editor.open(quick('steps', 401, 6))
    expect(await editor.run()).toBe('finished')
    await expect.poll(keptSteps).toBe('6')
    expect(await editor.byTestId('beta-curve').getAttribute('data-points')).toBe('6')

    const area = await scale().boundingBox()
    if (!area) throw new Error('The scale is not on the page')
    await editor.page.mouse.click(area.x + 2, area.y + area.height / 2)
    await expect.poll(shownStep).toBe('1')
    await scale().press('ArrowRight')
    await expect.poll(shownStep).toBe('2')
    expect(await editor.byTestId('step-caption').textContent()).toContain('gate 1')
    expect(await editor.page.locator('[data-overlay-box]').count()).toBe(3)

    await editor.byTestId('graph').focus()
    await editor.page.keyboard.press('.')
    await expect.poll(shownStep).toBe('3')
    await editor.page.keyboard.press(',')
    await expect.poll(shownStep).toBe('2')
  })

  it('are played from the first to the final picture', async () => {
    await editor.open(quick('play', 402))
    expect(await editor.run()).toBe('finished')
    await expect.poll(keptSteps).toBe('4')
    await editor.byTestId('play').click()
    await expect.poll(shownStep).toBe('1')
    await expect.poll(shownStep).toBe('final')
    await expect.poll(() => editor.byTestId('play').getAttribute('aria-pressed')).toBe('false')
  })

  it('are still there when the page is opened again', async () => {
    await editor.open(quick('again', 403))
    expect(await editor.run()).toBe('finished')
    await expect.poll(keptSteps).toBe('4')
    await editor.page.reload()
    await expect.poll(keptSteps).toBe('4')
    await editor.byTestId('result').waitFor()
  })

  it('are where another run goes on: what comes after the step in view is made anew', async () => {
    await editor.open(quick('branch', 404, 6))
    expect(await editor.run()).toBe('finished')
    await expect.poll(keptSteps).toBe('6')
    const first = await editor.newestRun()
    await scale().focus()
    await scale().press('Home')
    await scale().press('ArrowRight')
    await scale().press('ArrowRight')
    await expect.poll(shownStep).toBe('3')
    const guidance = editor.page.locator('[data-param="unet.guidance"] .number')
    await guidance.focus()
    await guidance.press('9')
    await editor.page.keyboard.press('Enter')
    await editor.byTestId('branch').click()
    await expect.poll(() => editor.newestRun()).not.toBe(first)
    expect(await editor.ended()).toBe('finished')
    // Six steps, of which the first three were kept.
    await expect.poll(() => editor.byTestId('loop-counter').getAttribute('data-step')).toBe('6')
    expect(await editor.node('unet').locator('[data-mark]').getAttribute('title')).toMatch(/^Ran/)
  })
})

describe('two runs', () => {
  it('stand in one place with a line between them, which moves by mouse and by keyboard', async () => {
    const workflow = quick('compare', 405)
    await editor.open(workflow)
    expect(await editor.run()).toBe('finished')
    const seed = editor.page.locator('[data-param="noise.seed"] input')
    await seed.fill('406')
    await seed.press('Enter')
    expect(await editor.run()).toBe('finished')
    await editor.byTestId('compare').click()
    const view = editor.byTestId('compare-view')
    await view.waitFor()
    expect(await view.locator('canvas').count()).toBe(2)

    const line = editor.byTestId('compare-line')
    const before = Number(await view.getAttribute('data-line'))
    await line.press('ArrowRight')
    await expect.poll(async () => Number(await view.getAttribute('data-line'))).toBeGreaterThan(before)
    const area = await line.boundingBox()
    if (!area) throw new Error('The line is not on the page')
    await editor.page.mouse.click(area.x + area.width * 0.25, area.y + 40)
    await expect.poll(async () => Number(await view.getAttribute('data-line'))).toBeLessThan(before)

    await editor.page.keyboard.press('Alt+c')
    await view.waitFor({ state: 'detached' })
  })
})

describe('a sweep', () => {
  it('over two parameters makes a labelled grid whose cells are looked at one by one', async () => {
    await editor.open(changed(quick('sweep', 407, 2), 'unet', { guidance: 4 }))
    await editor.page.locator('[data-param="unet.guidance"]').click({ button: 'right' })
    await editor.byTestId('param-sweep').click()
    const across = editor.byTestId('axis-across')
    await across.locator('[data-part=list]').check()
    await across.locator('[data-part=values]').fill('2, 4, 8')
    const down = editor.byTestId('axis-down')
    await down.locator('[data-part=param]').selectOption('noise.seed')
    await down.locator('[data-part=values]').fill('407, 408')
    expect(await editor.byTestId('sweep-cells').textContent()).toBe('6 pictures')
    await editor.byTestId('sweep-run').click()

    const grid = editor.byTestId('sweep-grid')
    await expect.poll(() => grid.getAttribute('data-cells')).toBe('6')
    expect(await editor.ended()).toBe('finished')
    expect(await grid.locator('th').allTextContents()).toEqual(['', '2', '4', '8', '407', '408'])
    await grid.locator('[data-cell="2,1"]').press('Enter')
    await expect.poll(() => grid.locator('.cell.looked').getAttribute('data-cell')).toBe('2,1')
    expect(await keptSteps()).toBe('2')
    const fetched = editor.page.waitForResponse((answer) => answer.url().includes('/steps/'))
    await scale().fill('0')
    expect((await fetched).url()).toMatch(/\?cell=2,1$/)
    await expect.poll(() => editor.byTestId('result').getAttribute('data-step')).toBe('1')
    await editor.byTestId('whole-grid').click()
    await expect.poll(() => editor.byTestId('whole-grid').getAttribute('aria-pressed')).toBe('true')

    await grid.locator('[data-cell="2,1"]').press('Enter')
    await scale().fill('0')
    const sweep = await editor.newestRun()
    await editor.byTestId('branch').click()
    await expect.poll(() => editor.newestRun()).not.toBe(sweep)
    expect(await editor.ended()).toBe('finished')
    const job = await fetch(`${server.url}/api/jobs/${await editor.newestRun()}/workflow`)
    expect(await job.json()).toMatchObject({
      nodes: { unet: { values: { guidance: 8 } }, noise: { values: { seed: 408 } } },
    })
  })
})
