/** The server as the editor knows it: its nodes, models and examples, whether the line to it is up. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { Catalogue } from '#nodes/node-info.ts'
import type { ExampleInfo, ModelInfo } from '#workflows/protocol.ts'
import { i18n } from '../locales/i18n.ts'
import { inLanguage } from '../locales/node-words.ts'
import { fetchCatalogue, fetchExamples, fetchModels } from '../api/machine.ts'

export const useServer = defineStore('server', () => {
  /** Its nodes in their own English. */
  const nodes = shallowRef<Catalogue>({})
  /** The same in the language of the page. */
  const catalogue = computed(() => inLanguage(nodes.value, i18n.global.locale.value))
  const models = shallowRef<readonly ModelInfo[]>([])
  const examples = shallowRef<readonly ExampleInfo[]>([])
  const loaded = ref(false)
  const connected = ref(false)
  /** Whether the line was ever up: before that it is opening, not lost. */
  const wasConnected = ref(false)

  async function load(): Promise<void> {
    const [types, known, weights] = await Promise.all([fetchCatalogue(), fetchExamples(), fetchModels()])
    nodes.value = types
    models.value = weights
    examples.value = [...known].sort((a, b) => rank(a) - rank(b))
    loaded.value = true
  }

  return { nodes, catalogue, models, examples, loaded, connected, wasConnected, load }
})

/** The example that a first visit opens comes first. */
function rank(example: ExampleInfo): number {
  return example.name === 'text-box' ? 0 : 1
}
