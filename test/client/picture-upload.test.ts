import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, type EffectScope } from 'vue'
import { placeNow } from '../../client/canvas/list-edits.ts'
import { useUpload } from '../../client/canvas/picture-upload.ts'
import { emptyWorkflow } from '../../client/document/file.ts'
import { workflow } from '../../client/document/workflow-document.ts'
import { useNotices } from '../../client/stores/notices.ts'
import { useTabs } from '../../client/stores/tabs.ts'
import { loop } from './workflows.ts'

const file = new File([], 'cat.png')
let scope: EffectScope
let upload: ReturnType<typeof useUpload>
/** The server has the picture. */
let arrive: () => void

beforeEach(() => {
  vi.useFakeTimers()
  setActivePinia(createPinia())
  workflow.open(emptyWorkflow)
  const sent = new Promise<Response>((resolve) => {
    arrive = () => resolve(Response.json({ picture: 'cat', width: 8, height: 8 }))
  })
  vi.stubGlobal('fetch', () => sent)
  scope = effectScope()
  upload = scope.run(() => useUpload()) as ReturnType<typeof useUpload>
})

afterEach(() => {
  scope.stop()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

const saidOnce = () => expect(useNotices().notices.map(({ tone }) => tone)).toEqual(['bad'])

describe('a picture that is sent', () => {
  it('comes to the workflow that it was dropped on, edited meanwhile or not', async () => {
    useTabs().open(loop)
    const sent = upload(file)
    workflow.editFile('rename', (draft) => draft.put(['name'], 'mine'))
    arrive()
    expect(await sent).toBe('cat')
  })

  it('does not come to another that is open by then', async () => {
    useTabs().open(loop)
    const sent = upload(file)
    useTabs().open({ ...loop, name: 'another' })
    arrive()
    expect(await sent).toBeNull()
    saidOnce()
  })

  it('does not come to what is gone', async () => {
    const sent = upload(file)
    scope.stop()
    arrive()
    expect(await sent).toBeNull()
    saidOnce()
  })

  it('does not come to what no longer wants it', async () => {
    const sent = upload(file, () => false)
    arrive()
    expect(await sent).toBeNull()
    saidOnce()
  })
})

describe('a box that a picture is on its way to', () => {
  const [house, door, cat] = [{ phrase: 'house' }, { phrase: 'door' }, { phrase: 'cat' }]
  const before = [house, door]

  it('is found where it was moved to', () => {
    expect(placeNow(before, 0, [door, house])).toBe(1)
    expect(placeNow(before, 1, [door])).toBe(0)
  })

  it('is found where it was edited', () => {
    expect(placeNow(before, 1, [house, cat])).toBe(1)
  })

  it('is not found where it was removed', () => {
    expect(placeNow(before, 0, [door])).toBe(-1)
    expect(placeNow(before, 0, [door, cat])).toBe(-1)
    expect(placeNow(before, 1, [])).toBe(-1)
  })
})
