/** Examples in the language of the page; one of the server's own has only the words of its file. */
import type { Workflow } from '#workflows/format.ts'
import type { ExampleInfo } from '#workflows/protocol.ts'
import { i18n } from './i18n.ts'

/** The example's workflow in the language of the page: its name, description and titles. What the model reads stays as it is. */
export function exampleInLanguage({ name, workflow }: ExampleInfo): Workflow {
  const said = (part: string, otherwise: string | undefined) => {
    const key = `example.${name}.${part}`
    return i18n.global.te(key) ? i18n.global.t(key) : otherwise
  }
  const nodes = Object.entries(workflow.nodes).map(([id, node]) => {
    const title = node.title && said(`nodes.${id}`, node.title)
    return [id, { ...node, ...(title !== undefined && { title }) }] as const
  })
  const description = said('description', workflow.description)
  return {
    ...workflow,
    name: said('name', workflow.name) ?? name,
    ...(description !== undefined && { description }),
    nodes: Object.fromEntries(nodes),
  }
}
