/** The parameters that the form and the sweep of a file name, each as `node.param`: they go where the nodes go. */
import type { Draft } from './change.ts'

/** Names each of them anew; null takes it out of the form and the sweep. */
export function renameInRuns(top: Draft, next: (at: string) => string | null): void {
  const { form, sweep } = top.file
  const fields = form?.fields.flatMap((at) => next(at) ?? [])
  const axes = sweep?.axes.flatMap((axis) => {
    const at = next(axis.at)
    return at === null ? [] : [{ ...axis, at }]
  })
  if (form && fields) {
    if (fields.length === 0 && form.fields.length > 0 && form.title === undefined) top.drop(['form'])
    else top.put(['form', 'fields'], [...new Set(fields)])
  }
  // A sweep over nothing is none.
  if (axes?.length === 0) top.drop(['sweep'])
  else if (axes) top.put(['sweep', 'axes'], axes)
}
