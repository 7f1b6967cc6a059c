/** The box whose phrase has the focus, by its path in the faults of the workflow: that it has none yet is no fault. */
import { shallowRef } from 'vue'

export const boxBeingNamed = shallowRef<string | null>(null)
