/** What the catalogue says of a node: plain JSON, enough to draw it, to check it and to document it. */
import type { PhraseRule } from './boxes.ts'
import type { ListKind } from './list-text.ts'
import type { WireType } from './wire-types.ts'

export interface InputInfo {
  readonly type: WireType
  /** What it is called where people read; its name where that says it. */
  readonly title?: string
  readonly optional: boolean
  /** What feeds it runs only when it is needed: a branch not taken costs nothing. */
  readonly lazy?: boolean
  /** Takes a whole list at once; a list that arrives anywhere else has the node run once per item. */
  readonly list?: boolean
  readonly description: string
}

export interface OutputInfo {
  readonly type: WireType
  /** As of an input. */
  readonly title?: string
  /** Gives a list: what it feeds runs once per item. */
  readonly list?: boolean
  readonly description: string
}

/** How a parameter is edited. `seed` is a whole number up to 2^64−1, as a number or as a string of digits. */
export type Widget = 'int' | 'float' | 'text' | 'bool' | 'choice' | 'seed' | 'boxes' | 'keypoints' | 'picture'

/** What a number says of the size of a run: a side of the picture in pixels (0 is the model's own), or how many steps. */
export type Measure = 'width' | 'height' | 'times'

export interface ParamInfo {
  readonly widget: Widget
  readonly title: string
  readonly description: string
  readonly default: unknown
  /** The wire that may feed this parameter in place of its value; null where it cannot be linked. */
  readonly wire: WireType | null
  readonly min?: number
  readonly max?: number
  readonly step?: number
  /** For the estimate of what a run costs. */
  readonly measures?: Measure
  /** For `text`: several lines. */
  readonly multiline?: boolean
  /** For `text`: how many characters it may have. */
  readonly maxLength?: number
  /** For `text`: the regular expression that it must match, and what to say of one that does not: `must be …`. */
  readonly form?: { readonly pattern: string; readonly sentence: string }
  /** For `text`: the list that is written in it. */
  readonly holds?: ListKind
  /** For `choice`: the allowed values, in order. */
  readonly choices?: readonly string[]
  /** For `boxes`: a box may go without words, where a picture says what stands in it. */
  readonly phrases?: PhraseRule
  /** The parameter is this stage of a gate, a fraction of the steps: the editor draws the curve. */
  readonly stage?: 'on' | 'decay'
}

export interface NodeInfo {
  /** The path of the node's file below `nodes/`, such as `grounding/box`. */
  readonly type: string
  /** Raised whenever the same inputs would give other outputs. */
  readonly version: number
  /** Display name, such as `BoxGrounding`. */
  readonly title: string
  readonly description: string
  /** What it is called elsewhere: it is found by these words, too. */
  readonly aliases?: readonly string[]
  readonly inputs: Readonly<Record<string, InputInfo>>
  readonly outputs: Readonly<Record<string, OutputInfo>>
  readonly params: Readonly<Record<string, ParamInfo>>
  /** Whether the node opens or closes a loop. `each` names the output that differs per iteration; the start's
   *  other outputs are carried: each returns with what the end's input of the same name received. */
  readonly loop: { readonly role: 'start'; readonly each: string } | { readonly role: 'end' } | null
  /** A node with an effect outside its outputs (saving a picture) is a target of every run. */
  readonly sideEffect: boolean
}

/** Every node by its type. */
export type Catalogue = Readonly<Record<string, NodeInfo>>
