/** What the workflow that is looked at says of the picture of one of its nodes. */
import { computed, type ComputedRef } from 'vue'
import { workflow } from '../document/workflow-document.ts'
import { catalogue } from '../editor/catalogue.ts'
import { useRuns } from '../stores/runs.ts'
import { useServer } from '../stores/server.ts'
import { pictureFacts, type PictureFacts } from './picture-facts.ts'

export function usePictureFacts(node: () => string): ComputedRef<PictureFacts> {
  const runs = useRuns()
  const server = useServer()
  return computed(() =>
    pictureFacts({ nodes: workflow.nodes.value }, catalogue.value, node(), {
      picture: runs.backdrop,
      models: server.models,
    }),
  )
}
