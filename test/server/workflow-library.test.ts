import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Workflow } from '#workflows/format.ts'
import { WorkflowLibrary } from '#server/library/workflow-library.ts'
import { openDatabase, type Database } from '#server/store/database.ts'
import { migrate } from '#server/store/migrations.ts'

const bounds = { storedWorkflows: 2, workflowRevisions: 3, sharedWorkflows: 2 }
const named = (name: string): Workflow => ({ groundwork: 1, name, nodes: { a: { type: 'not/here' } } })

let db: Database
let library: WorkflowLibrary
let time: number

beforeEach(() => {
  db = openDatabase(':memory:')
  migrate(db)
  time = 0
  library = new WorkflowLibrary(db, bounds, () => ++time)
})

afterEach(() => db.close())

describe('the library', () => {
  it('keeps every saving as a revision, and opens the newest or the one asked for', () => {
    library.save('cats', 0, named('one cat'))
    expect(library.save('cats', 1, named('two cats'))).toEqual({
      kind: 'saved',
      stored: { id: 'cats', name: 'two cats', rev: 2, saved: 2 },
    })
    expect(library.open('cats')).toMatchObject({ rev: 2, workflow: named('two cats') })
    expect(library.open('cats', 1)).toMatchObject({ rev: 1, workflow: named('one cat') })
    expect(library.open('cats', 9)).toBeNull()
    expect(library.revisions('cats').map(({ rev }) => rev)).toEqual([2, 1])
  })

  it('refuses what was made from another revision, and says which stands there', () => {
    library.save('cats', 0, named('one cat'))
    expect(library.save('cats', 0, named('mine'))).toEqual({ kind: 'conflict', rev: 1 })
    expect(library.save('dogs', 3, named('mine'))).toEqual({ kind: 'conflict', rev: 0 })
    expect(library.remove('cats', 2)).toEqual({ kind: 'conflict', rev: 1 })
    expect(library.open('cats')?.name).toBe('one cat')
  })

  it('lists each workflow once, the one saved last first', () => {
    library.save('cats', 0, named('one cat'))
    library.save('dogs', 0, named('a dog'))
    library.save('cats', 1, named('two cats'))
    expect(library.list().map(({ id, rev }) => [id, rev])).toEqual([
      ['cats', 2],
      ['dogs', 1],
    ])
  })

  it('removes a workflow whole', () => {
    library.save('cats', 0, named('one cat'))
    expect(library.remove('cats', 1)).toEqual({ kind: 'removed' })
    expect([library.open('cats'), library.remove('cats', 1).kind]).toEqual([null, 'unknown'])
  })

  it('keeps so many revisions, and so many workflows', () => {
    for (let rev = 0; rev < 5; rev++) library.save('cats', rev, named(`cat ${rev}`))
    expect(library.revisions('cats').map(({ rev }) => rev)).toEqual([5, 4, 3])
    library.save('dogs', 0, named('a dog'))
    expect(library.save('birds', 0, named('a bird'))).toEqual({ kind: 'full' })
  })
})

describe('a shared workflow', () => {
  it('is found by its hash, and has the same hash again', () => {
    const hash = library.share(named('one cat'))
    expect(library.share(named('one cat'))).toBe(hash)
    expect(library.shared(hash)).toEqual(named('one cat'))
    expect(library.shared('0'.repeat(64))).toBeNull()
  })

  it('goes when newer ones take its room, but not when it was shared again', () => {
    const [first, second] = [library.share(named('one')), library.share(named('two'))]
    library.share(named('one'))
    library.share(named('three'))
    expect([library.shared(first)?.name, library.shared(second)]).toEqual(['one', null])
  })
})
