/** What the server finds wrong with the workflow as it stands, asked again 300 ms after each edit. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { Fault } from '#workflows/fault.ts'
import { boxBeingNamed } from './box-being-named.ts'

export const useFaults = defineStore('faults', () => {
  const found = shallowRef<readonly Fault[]>([])
  /** What is said of them: a box is not blamed while its phrase is being typed. */
  const faults = computed(() => found.value.filter(({ path }) => path.join('/') !== boxBeingNamed.value))
  /** Whether the workflow that was opened last has been looked at; where that cannot be asked, it counts as looked at. */
  const judged = ref(true)

  const byNode = computed(() => {
    const groups = new Map<string, Fault[]>()
    for (const fault of faults.value) {
      const id = nodeOf(fault)
      if (id !== null) groups.set(id, [...(groups.get(id) ?? []), fault])
    }
    return groups
  })

  return { found, faults, judged, byNode }
})

/** The node that a fault stands at; null for one of the whole file. */
export function nodeOf(fault: Fault): string | null {
  return fault.path[0] === 'nodes' && typeof fault.path[1] === 'string' ? fault.path[1] : null
}
