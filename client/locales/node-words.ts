/** The nodes of the server in the language of the page: what is drawn, listed and said of them all comes from here. */
import type { Catalogue, NodeInfo } from '#nodes/node-info.ts'
import { own } from '../document/record.ts'
import nodesZh, { type NodeWords, type PartWords } from './nodes.zh-CN.ts'

/** The words of each language but English, which the nodes speak themselves. */
const languages: Readonly<Record<string, Readonly<Record<string, NodeWords>>>> = { 'zh-CN': nodesZh }

/** The catalogue with the words of a language; what has none there, such as a node of one's own, keeps its English. */
export function inLanguage(catalogue: Catalogue, language: string): Catalogue {
  const words = own(languages, language)
  if (!words) return catalogue
  return Object.fromEntries(
    Object.entries(catalogue).map(([type, info]) => [type, nodeIn(info, own(words, type))]),
  )
}

function nodeIn(info: NodeInfo, words: NodeWords | undefined): NodeInfo {
  if (!words) return info
  return {
    ...info,
    title: words.title,
    description: words.description,
    ...(words.aliases && { aliases: words.aliases }),
    inputs: partsIn(info.inputs, words.inputs),
    params: partsIn(info.params, words.params),
    outputs: partsIn(info.outputs, words.outputs),
  }
}

function partsIn<T extends object>(
  parts: Readonly<Record<string, T>>,
  words: Readonly<Record<string, PartWords>> | undefined,
): Record<string, T> {
  return Object.fromEntries(
    Object.entries(parts).map(([name, part]) => {
      const said = own(words, name)
      return [name, said ? { ...part, title: said[0], description: said[1] } : part]
    }),
  )
}
