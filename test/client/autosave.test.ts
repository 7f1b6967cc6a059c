import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readDraft, writeDraft } from '../../client/document/autosave.ts'
import { connect, removeNodes, setValue } from '../../client/document/edits.ts'
import { History } from '../../client/document/history.ts'
import { shiftItems } from '../../client/document/view-edits.ts'
import { loop } from './workflows.ts'

function worked(): History {
  const history = new History(loop)
  history.edit('value', (draft) => setValue(draft, 'noise', 'seed', 8))
  history.edit('remove', (draft) => removeNodes(draft, new Set(['body'])))
  history.edit('link', (draft) =>
    connect(draft, { from: { node: 'start', port: 'latent' }, to: { node: 'end', port: 'latent' } }),
  )
  history.edit('move', (draft) => shiftItems(draft, ['noise'], 5, 5))
  history.undo()
  return history
}

describe('a draft', () => {
  it('brings back the document with its past and its future', () => {
    const history = worked()
    const { document, past, future } = readDraft(writeDraft(history.snapshot()))
    const again = new History(document, past, future)
    expect(again.redoLabel).toBe('move')
    again.redo()
    expect(again.document.view?.nodes?.['noise']).toEqual([5, 5])
    while (again.undo());
    expect(JSON.stringify(again.document)).toBe(JSON.stringify(loop))
  })

  it('counts a gesture under way as done', () => {
    const history = new History(loop)
    history.begin('move')
    history.edit('move', (draft) => shiftItems(draft, ['noise'], 5, 5))
    expect(readDraft(writeDraft(history.snapshot())).past.map(({ label }) => label)).toEqual(['move'])
  })

  it('keeps the newest of a history that is too long to keep', () => {
    const history = new History(loop)
    for (let count = 0; count < 5; count++)
      history.edit('value', (draft) => setValue(draft, 'noise', 'seed', `${count}`.repeat(300_000)))
    const { document, past } = readDraft(writeDraft(history.snapshot()))
    expect(past.length).toBe(1)
    expect(document).toEqual(history.document)
  })

  it('is opened without its history where that does not lead back to it', () => {
    const { document, past, future } = worked().snapshot()
    const text = writeDraft({ document, past: past.slice(1).toReversed(), future })
    expect(readDraft(text)).toEqual({ document, past: [], future: [] })
  })

  it('survives a history of any content', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (past, future) => {
        const draft = readDraft(JSON.stringify({ document: loop, past, future }))
        expect(draft.document).toEqual(loop)
      }),
    )
  })
})
