import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it } from 'vitest'
import { setName, setValue } from '../../client/document/edits.ts'
import { emptyWorkflow } from '../../client/document/file.ts'
import { workflow } from '../../client/document/workflow-document.ts'
import { useTabs } from '../../client/stores/tabs.ts'
import { loop } from './workflows.ts'

const named = (name: string) => ({ ...loop, name })
const seed = (value: number) => workflow.edit('value', (draft) => setValue(draft, 'noise', 'seed', value))

let tabs: ReturnType<typeof useTabs>
const names = () => tabs.tabs.map((tab) => tabs.documentOf(tab).name)

beforeEach(() => {
  setActivePinia(createPinia())
  workflow.open(emptyWorkflow)
  tabs = useTabs()
})

describe('the open workflows', () => {
  it('each keep their own edits and undo, when another is looked at meanwhile', () => {
    const a = tabs.open(named('a'))
    seed(1)
    const b = tabs.open(named('b'))
    seed(2)
    tabs.activate(a.id)
    expect(workflow.current.value).toMatchObject({ name: 'a', nodes: { noise: { values: { seed: 1 } } } })
    workflow.undo()
    expect(workflow.current.value.nodes['noise']?.values).toEqual({ seed: 7 })
    tabs.activate(b.id)
    expect(workflow.current.value).toMatchObject({ name: 'b', nodes: { noise: { values: { seed: 2 } } } })
  })

  it('are unsaved once they differ from what was saved, and saved again when that is undone', () => {
    const tab = tabs.open(named('a'))
    expect(tabs.isUnsaved(tab)).toBe(false)
    seed(1)
    expect(tabs.isUnsaved(tab)).toBe(true)
    workflow.undo()
    expect(tabs.isUnsaved(tab)).toBe(false)
  })

  it('give the place of an untouched empty one to the next that is opened', () => {
    tabs.open(emptyWorkflow)
    tabs.open(named('a'))
    expect(names()).toEqual(['a'])
  })

  it('keep an empty one that was given a name', () => {
    tabs.open(emptyWorkflow)
    workflow.editFile('rename', (draft) => setName(draft, 'mine'))
    tabs.open(named('a'))
    expect(names()).toEqual(['mine', 'a'])
  })

  it('go on with the neighbour when the one that is edited closes', () => {
    tabs.open(named('a'))
    const b = tabs.open(named('b'))
    tabs.open(named('c'))
    tabs.activate(b.id)
    tabs.close(b.id)
    expect(workflow.current.value.name).toBe('c')
    expect(names()).toEqual(['a', 'c'])
  })

  it('leave an empty page when the last one closes', () => {
    const only = tabs.open(named('a'))
    tabs.close(only.id)
    expect(tabs.active).toBeNull()
    expect(workflow.current.value).toBe(emptyWorkflow)
  })

  it('follow each other around the end', () => {
    tabs.open(named('a'))
    tabs.open(named('b'))
    tabs.step(1)
    expect(workflow.current.value.name).toBe('a')
    tabs.step(-1)
    expect(workflow.current.value.name).toBe('b')
  })

  it('are put where another stands', () => {
    const a = tabs.open(named('a'))
    tabs.open(named('b'))
    const c = tabs.open(named('c'))
    tabs.move(c.id, a.id)
    expect(names()).toEqual(['c', 'a', 'b'])
  })
})
