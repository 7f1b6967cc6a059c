/** Which nodes are selected. */
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'

export const useSelection = defineStore('selection', () => {
  const ids = shallowRef<ReadonlySet<string>>(new Set())

  function set(next: Iterable<string>): void {
    ids.value = new Set(next)
  }

  function add(more: Iterable<string>): void {
    ids.value = new Set([...ids.value, ...more])
  }

  function toggle(id: string): void {
    const next = new Set(ids.value)
    if (!next.delete(id)) next.add(id)
    ids.value = next
  }

  return { ids, set, add, toggle }
})
