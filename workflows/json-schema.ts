/** The workflow file as JSON Schema, for editors and for people who write files by hand. */
import { z } from 'zod'
import { workflowSchema } from './format.ts'

/** JSON Schema, draft 2020-12. Which nodes, ports and values exist is not part of it; `validateWorkflow` knows that. */
export function workflowJsonSchema(): Record<string, unknown> {
  return {
    ...z.toJSONSchema(workflowSchema, { io: 'input' }),
    title: 'Groundwork workflow',
  }
}
