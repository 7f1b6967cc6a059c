/** The form view of a workflow: which parameters it shows, in which order. */
import { parseSource, type Workflow } from '#workflows/format.ts'
import type { Draft } from './change.ts'
import { own } from './record.ts'

export interface FormField {
  /** `node.param`, as the file has it. */
  readonly at: string
  readonly node: string
  readonly param: string
}

/** The fields whose nodes are still there. */
export function formFields({ form, nodes }: Workflow): FormField[] {
  return (form?.fields ?? []).flatMap((at) => {
    const { node, output: param } = parseSource(at)
    return own(nodes, node) ? [{ at, node, param }] : []
  })
}

export function isInForm({ form }: Workflow, node: string, param: string): boolean {
  return form?.fields.includes(`${node}.${param}`) ?? false
}

/** Marks a parameter for the form, or takes the mark away; the last one takes the form with it. */
export function toggleInForm(draft: Draft, node: string, param: string): void {
  const at = `${node}.${param}`
  const { form } = draft.document
  const others = (form?.fields ?? []).filter((field) => field !== at)
  const fields = form?.fields.includes(at) ? others : [...others, at]
  if (fields.length === 0 && form?.title === undefined) draft.drop(['form'])
  else draft.put(['form'], { ...form, fields })
}

/** Puts a field where another stands. */
export function moveField(draft: Draft, at: string, by: number): void {
  const { form } = draft.document
  const from = form?.fields.indexOf(at) ?? -1
  if (!form || from < 0) return
  const to = Math.min(Math.max(from + by, 0), form.fields.length - 1)
  draft.put(['form'], { ...form, fields: form.fields.toSpliced(from, 1).toSpliced(to, 0, at) })
}

export function setFormTitle(draft: Draft, title: string): void {
  const form = draft.document.form ?? { fields: [] }
  const { fields } = form
  const name = title.trim().slice(0, 200)
  if (name) draft.put(['form'], { title: name, fields })
  else if (fields.length > 0) draft.put(['form'], { fields })
  else draft.drop(['form'])
}
