import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { setValue } from '../../client/document/edits.ts'
import { History } from '../../client/document/history.ts'
import { readTabs, writeTabs, type SavedTab } from '../../client/stores/tab-storage.ts'
import { loop } from './workflows.ts'

function tab(id: string): SavedTab {
  const history = new History(loop)
  history.edit('value', (draft) => setValue(draft, 'noise', 'seed', 8))
  return {
    id,
    stored: { id: 'kept', rev: 3 },
    mode: 'form',
    jobs: ['i', 'j'],
    clean: loop,
    snapshot: history.snapshot(),
  }
}

describe('what a window keeps', () => {
  it('comes back as it was, with what can be undone', () => {
    const saved = { active: 'b', tabs: [tab('a'), tab('b')] }
    const back = readTabs(writeTabs(saved, 1))
    expect(back).toEqual(saved)
    const snapshot = back?.tabs[0]?.snapshot
    const history = snapshot && new History(snapshot.document, snapshot.past, snapshot.future)
    expect(history?.undo()).not.toBeNull()
    expect(history?.document).toEqual(loop)
  })

  it('leaves the undo out when it is asked to save room', () => {
    const back = readTabs(writeTabs({ active: null, tabs: [tab('a')] }, 1, false))
    expect(back?.tabs[0]?.snapshot.past).toEqual([])
    expect(back?.tabs[0]?.snapshot.document.nodes['noise']?.values).toEqual({ seed: 8 })
  })

  it('loses only the tab that cannot be read', () => {
    const text = writeTabs({ active: 'a', tabs: [tab('a'), tab('b')] }, 1)
    const broken = JSON.parse(text) as { tabs: { draft: string }[] }
    if (broken.tabs[0]) broken.tabs[0].draft = '{"document": {"groundwork": 9}}'
    expect(readTabs(JSON.stringify(broken))?.tabs.map(({ id }) => id)).toEqual(['b'])
  })

  it('is nothing when anything else stands in its place', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(readTabs(text)?.tabs ?? []).toEqual([])
      }),
    )
  })
})
