import { describe, expect, it } from 'vitest'
import type { Locator } from 'playwright-core'
import { editor, server, useNewEditors } from './stage.ts'
import { quick, slow } from './stories.ts'

useNewEditors()

const jobs = () => editor.byTestId('queue').locator('[data-job]')
const inState = (state: string) => editor.byTestId('queue').locator(`[data-job][data-state=${state}]`)
const showQueue = () => editor.byTestId('dock-queue').click()
const act = (job: Locator, action: string) => job.locator(`[data-action=${action}]`)

describe('the queue', () => {
  it('shows what runs and what waits, lets the second go first, and cancels one of them', async () => {
    await showQueue()
    await editor.open(slow('long', 101))
    await editor.byTestId('run').click()
    await inState('running').waitFor()
    await editor.open(quick('second', 102))
    await editor.byTestId('run').click()
    await inState('queued').waitFor()
    await editor.open(quick('third', 103))
    await editor.byTestId('run').click()
    await expect.poll(() => inState('queued').count()).toBe(2)
    expect(await inState('queued').first().textContent()).toContain('second')

    await act(inState('queued').nth(1), 'sooner').click()
    await expect.poll(() => inState('queued').first().textContent()).toContain('third')

    await act(inState('running'), 'cancel').press('Enter')
    await expect.poll(() => inState('finished').count()).toBe(2)
    await inState('cancelled').waitFor()
    expect(await jobs().count()).toBe(3)
  })

  it('runs a job of the history again, opens its workflow and shows its picture', async () => {
    await editor.open(quick('history', 104))
    expect(await editor.run()).toBe('finished')
    await editor.page.keyboard.press('Alt+q')
    const ofTab = jobs().filter({ hasText: 'history' })
    const first = ofTab.first()
    await act(first, 'retry').click()
    await expect.poll(() => inState('finished').filter({ hasText: 'history' }).count()).toBe(2)
    const ids = await ofTab.evaluateAll((found) => found.map((job) => job.getAttribute('data-job') ?? ''))

    // Run again from the queue, it is a run of its tab, after a reload as well.
    await editor.page.reload()
    await editor.byTestId('dock-result').click()
    const runs = editor.byTestId('history').locator('[data-run]')
    await expect
      .poll(() => runs.evaluateAll((found) => found.map((run) => run.getAttribute('data-run') ?? '')))
      .toEqual(expect.arrayContaining(ids))
    await showQueue()

    const tabs = editor.byTestId('tabs').getByRole('tab')
    const before = await tabs.count()
    await act(first, 'open').click()
    await expect.poll(() => tabs.count()).toBe(before + 1)

    const last = ofTab.nth(1)
    const id = await last.getAttribute('data-job')
    await last.locator('canvas').waitFor()
    await act(last, 'look').click()
    await editor.page.locator(`[data-testid=result][data-job="${id}"]`).waitFor()
  })

  it('begins nothing while it is paused, and goes on afterwards', async () => {
    await showQueue()
    await editor.byTestId('pause-queue').click()
    await editor.page.locator('[data-testid=queue][data-paused=true]').waitFor()
    await editor.open(quick('held', 105))
    await editor.byTestId('run').click()
    await inState('queued').waitFor()
    await editor.byTestId('pause-queue').press('Enter')
    await inState('finished').filter({ hasText: 'held' }).waitFor()
  })

  it('cancels everything at once, and shows older jobs page by page', async () => {
    const post = (path: string, body?: unknown) =>
      fetch(`${server.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: server.url },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
    await post('/api/queue/pause')
    const many = Array.from({ length: 35 }, (_, index) => quick(`many ${index}`, 200 + index))
    for (const workflow of many) expect((await post('/api/jobs', { workflow })).status).toBe(202)
    await showQueue()
    await expect.poll(() => editor.byTestId('queue').getAttribute('data-open')).toBe('35')
    await editor.byTestId('cancel-all').click()
    await expect.poll(() => editor.byTestId('queue').getAttribute('data-open')).toBe('0')
    await post('/api/queue/resume')
    await editor.page.reload()
    await expect.poll(() => jobs().count()).toBe(30)
    await editor.byTestId('more-jobs').click()
    await expect.poll(() => jobs().count()).toBeGreaterThanOrEqual(35)
  })
})
