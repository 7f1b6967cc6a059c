/** What is allowed and probably not meant: such boxes run, and the picture may disappoint. */
import type { DrawnBox } from '#nodes/boxes.ts'
import { overlapOf, upright } from './box-geometry.ts'
import type { PictureFacts } from './picture-facts.ts'

export type BoxWarningCode = 'small' | 'not-in-prompt' | 'overlap'

export interface BoxWarning {
  readonly index: number
  readonly code: BoxWarningCode
  readonly about: Readonly<Record<string, string | number>>
}

/** Two boxes that have this much in common stand in the same place. */
const sameFrom = 0.8

export function boxWarnings(entities: readonly DrawnBox[], facts: PictureFacts): BoxWarning[] {
  return entities.flatMap((entity, index) => {
    if (entity.off) return []
    return [
      ...small(entity, index, facts),
      ...unsaid(entity, index, facts.prompts),
      ...covered(entities, index),
    ]
  })
}

/** The network sees the picture in latent cells: what is smaller than one has no place of its own. */
function small({ box }: DrawnBox, index: number, { width, height, cell }: PictureFacts): BoxWarning[] {
  const [x0, y0, x1, y1] = upright(box)
  const across = (x1 - x0) * width
  const down = (y1 - y0) * height
  if (across === 0 || down === 0 || (across >= cell && down >= cell)) return []
  return [{ index, code: 'small', about: { width: tenth(across), height: tenth(down), cell } }]
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10
}

function unsaid({ phrase }: DrawnBox, index: number, prompts: readonly string[]): BoxWarning[] {
  if (phrase.trim() === '' || prompts.length === 0 || prompts.some((prompt) => speaksOf(prompt, phrase)))
    return []
  return [{ index, code: 'not-in-prompt', about: { phrase: phrase.trim() } }]
}

const articles = new Set(['a', 'an', 'the'])

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{Letter}\p{Number}]+/gu) ?? []
}

/** Whether every word of the phrase, articles aside, is part of the prompt: `cat` is in `two cats`, `猫` in `两只猫`. */
export function speaksOf(prompt: string, phrase: string): boolean {
  const said = wordsOf(prompt)
  const meant = wordsOf(phrase).filter((word) => !articles.has(word))
  return meant.every((word) => said.some((other) => other.startsWith(word) || hasHan(word, other)))
}

/** Chinese is written without spaces: there a word is part of a longer run. */
function hasHan(word: string, run: string): boolean {
  return /\p{Script=Han}/u.test(word) && run.includes(word)
}

function covered(entities: readonly DrawnBox[], index: number): BoxWarning[] {
  const box = entities[index]?.box
  const other = entities.findIndex(
    (earlier, at) => at < index && !earlier.off && box && overlapOf(earlier.box, box) >= sameFrom,
  )
  return other < 0 ? [] : [{ index, code: 'overlap', about: { other: other + 1 } }]
}
