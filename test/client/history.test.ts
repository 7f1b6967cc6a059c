import fc from 'fast-check'
import { createPinia, setActivePinia } from 'pinia'
import { describe, expect, it } from 'vitest'
import * as edits from '../../client/document/edits.ts'
import { History } from '../../client/document/history.ts'
import * as view from '../../client/document/view-edits.ts'
import { workflow } from '../../client/document/workflow-document.ts'
import { save } from '../../client/files/save.ts'
import { run, runOnce } from '../../client/running.ts'
import { anyEdit, edit } from './any-edit.ts'
import { loop } from './workflows.ts'

const bytes = (history: History) => JSON.stringify(history.document)

describe('history', () => {
  it('gives back the first document byte for byte when everything is undone', () => {
    fc.assert(
      fc.property(fc.array(anyEdit, { maxLength: 25 }), (steps) => {
        const history = new History(loop)
        steps.forEach((step, count) => edit(history, step, count))
        while (history.undo());
        expect(bytes(history)).toBe(JSON.stringify(loop))
      }),
    )
  })

  it('comes to the same document again when everything is redone', () => {
    fc.assert(
      fc.property(fc.array(anyEdit, { maxLength: 25 }), (steps) => {
        const history = new History(loop)
        steps.forEach((step, count) => edit(history, step, count))
        const last = bytes(history)
        while (history.undo());
        while (history.redo());
        expect(bytes(history)).toBe(last)
      }),
    )
  })

  it('takes back a gesture of any edits at once', () => {
    fc.assert(
      fc.property(fc.array(anyEdit, { minLength: 1, maxLength: 12 }), (steps) => {
        const history = new History(loop)
        history.begin('gesture')
        steps.forEach((step, count) => edit(history, step, count))
        history.end()
        history.undo()
        expect(bytes(history)).toBe(JSON.stringify(loop))
        expect(history.undoLabel).toBeNull()
      }),
    )
  })

  it('keeps of a long drag only where it began and ended', () => {
    const history = new History(loop)
    history.begin('move')
    for (let i = 0; i < 100; i++)
      history.edit('move', (draft) => view.shiftItems(draft, ['noise', 'end'], 1, 2))
    history.end()
    expect(history.document.view?.nodes?.['noise']).toEqual([100, 200])
    history.undo()
    expect(history.document).toEqual(loop)
    history.redo()
    expect(history.document.view?.nodes?.['end']).toEqual([1000, 200])
  })

  it('makes no entry of an edit that changes nothing', () => {
    const history = new History(loop)
    history.edit('value', (draft) => edits.setValue(draft, 'noise', 'seed', 7))
    expect(history.undoLabel).toBeNull()
  })

  it('is split by a run or a save in the middle of a text, which is one entry before and one after', async () => {
    setActivePinia(createPinia())
    for (const interrupt of [run, runOnce, save]) {
      workflow.open(loop)
      const typed = (text: string) => {
        for (let end = 1; end <= text.length; end++)
          workflow.edit('rename', (draft) => draft.put(['name'], text.slice(0, end)))
      }
      const undone = () => {
        workflow.undo()
        return workflow.current.value.name
      }
      workflow.begin('rename')
      typed('in')
      await interrupt()
      typed('in the snow')
      workflow.end()
      expect([undone(), undone()], interrupt.name).toEqual(['in', loop.name])
      expect(workflow.undoLabel.value).toBeNull()
    }
  })

  it('restores the document when a gesture is cancelled', () => {
    const history = new History(loop)
    history.begin('move')
    history.edit('move', (draft) => view.shiftItems(draft, ['noise'], 5, 5))
    history.edit('value', (draft) => edits.setValue(draft, 'noise', 'seed', 8))
    history.cancel()
    expect(bytes(history)).toBe(JSON.stringify(loop))
  })
})
