import { describe, expect, it } from 'vitest'
import { Draft } from '../../client/document/change.ts'
import { formFields, isInForm, moveField, setFormTitle, toggleInForm } from '../../client/document/form.ts'
import { loop } from './workflows.ts'

describe('the form of a workflow', () => {
  it('shows a parameter that was marked, until the mark is taken away', () => {
    const draft = new Draft(loop)
    toggleInForm(draft, 'noise', 'seed')
    expect(isInForm(draft.document, 'noise', 'seed')).toBe(true)
    expect(formFields(draft.document)).toEqual([{ at: 'noise.seed', node: 'noise', param: 'seed' }])
    toggleInForm(draft, 'noise', 'seed')
    expect(draft.document).toEqual(loop)
  })

  it('passes over a field whose node is gone', () => {
    expect(formFields({ ...loop, form: { fields: ['gone.seed', 'noise.seed'] } })).toHaveLength(1)
  })

  it('is sorted field by field, and no further than its ends', () => {
    const draft = new Draft({ ...loop, form: { fields: ['noise.seed', 'noise.width', 'noise.height'] } })
    moveField(draft, 'noise.height', -1)
    expect(draft.document.form?.fields).toEqual(['noise.seed', 'noise.height', 'noise.width'])
    moveField(draft, 'noise.seed', -1)
    expect(draft.document.form?.fields[0]).toBe('noise.seed')
  })

  it('keeps its title while it has fields, and goes with the last of both', () => {
    const draft = new Draft(loop)
    setFormTitle(draft, '  Paint  ')
    expect(draft.document.form).toEqual({ title: 'Paint', fields: [] })
    setFormTitle(draft, '')
    expect(draft.document).toEqual(loop)
  })
})
