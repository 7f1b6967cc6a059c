import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as edits from '../../client/document/edits.ts'
import { History } from '../../client/document/history.ts'
import * as view from '../../client/document/view-edits.ts'
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

  it('restores the document when a gesture is cancelled', () => {
    const history = new History(loop)
    history.begin('move')
    history.edit('move', (draft) => view.shiftItems(draft, ['noise'], 5, 5))
    history.edit('value', (draft) => edits.setValue(draft, 'noise', 'seed', 8))
    history.cancel()
    expect(bytes(history)).toBe(JSON.stringify(loop))
  })
})
