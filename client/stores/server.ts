/** The server as the editor knows it: its nodes, its examples, whether the line to it is up. */
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { Catalogue } from '#nodes/node-info.ts'
import type { ExampleInfo, QueueView } from '#workflows/protocol.ts'
import { fetchCatalogue, fetchExamples } from '../api/http.ts'

export const useServer = defineStore('server', () => {
  const catalogue = shallowRef<Catalogue>({})
  const examples = shallowRef<readonly ExampleInfo[]>([])
  const loaded = ref(false)
  const connected = ref(false)
  /** Whether the line was ever up: before that it is opening, not lost. */
  const wasConnected = ref(false)
  /** What waits and what runs, as the server said last. */
  const queue = shallowRef<QueueView>({ paused: false, queued: [], running: null })

  async function load(): Promise<void> {
    const [nodes, known] = await Promise.all([fetchCatalogue(), fetchExamples()])
    catalogue.value = nodes
    examples.value = [...known].sort((a, b) => rank(a) - rank(b))
    loaded.value = true
  }

  return { catalogue, examples, loaded, connected, wasConnected, queue, load }
})

/** The example that a first visit opens comes first. */
function rank(example: ExampleInfo): number {
  return example.name === 'text-box' ? 0 : 1
}
