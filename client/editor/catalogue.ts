/** Every node that can stand in the workflow: those of the server, and the file's own subgraphs. */
import { computed } from 'vue'
import type { Catalogue } from '#nodes/node-info.ts'
import { withSubgraphs } from '../document/subgraph-info.ts'
import { workflow } from '../document/workflow-document.ts'
import { useServer } from '../stores/server.ts'

const subgraphs = computed(() => workflow.current.value.subgraphs)

export const catalogue = computed<Catalogue>(() => withSubgraphs(useServer().catalogue, subgraphs.value))
