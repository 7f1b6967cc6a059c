/** The parameter whose menu is open, and where on the screen. */
import { shallowRef } from 'vue'

export interface ParamMenuPlace {
  readonly node: string
  readonly param: string
  readonly x: number
  readonly y: number
}

export const paramMenu = shallowRef<ParamMenuPlace | null>(null)
