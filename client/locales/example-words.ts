/** Examples in the language of the page; one of the server's own has only the words of its file. */
import type { Workflow } from '#workflows/format.ts'
import type { ExampleInfo } from '#workflows/protocol.ts'
import { i18n } from './i18n.ts'

/** The example's workflow, its name and description in the language of the page. What the model reads stays as it is. */
export function exampleInLanguage({ name, workflow }: ExampleInfo): Workflow {
  const said = (part: 'name' | 'description'): string | undefined => {
    const key = `example.${name}.${part}`
    return i18n.global.te(key) ? i18n.global.t(key) : workflow[part]
  }
  const description = said('description')
  return { ...workflow, name: said('name') ?? name, ...(description !== undefined && { description }) }
}
