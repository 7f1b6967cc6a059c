import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse } from 'vue/compiler-sfc'
import { faultCodes, type Fault } from '#workflows/fault.ts'
import { canvasKeys, keyWords } from '../../client/canvas/canvas-keys.ts'
import { commands } from '../../client/editor/command-table.ts'
import { sayFault } from '../../client/locales/fault-text.ts'
import { i18n } from '../../client/locales/i18n.ts'

const root = fileURLToPath(new URL('../../client/', import.meta.url))

function filesOf(folder: string, ending: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return ['dist', 'public'].includes(entry.name) ? [] : filesOf(path, ending)
    return entry.name.endsWith(ending) ? [path] : []
  })
}

interface TemplateNode {
  readonly type: number
  readonly tag?: string
  readonly content?: unknown
  readonly props?: readonly { readonly name: string; readonly value?: { readonly content: string } }[]
  readonly children?: readonly TemplateNode[]
}

const textNode = 2
const read = ['title', 'aria-label', 'placeholder', 'alt', 'label']
/** Two letters in a row in any script: signs, single letters of formulas and numbers need no translation. */
const isWord = (text: string) => /\p{L}{2}/u.test(text) && !languages.includes(text.trim())
/** Each language is named in itself, whatever the page is in. */
const languages = ['English', '中文（简体）']

/** What a template says in its own words, as text or in an attribute that is read. */
function ownWords(node: TemplateNode): string[] {
  const text = node.type === textNode && typeof node.content === 'string' ? [node.content] : []
  const attributes = (node.props ?? []).flatMap(({ name, value }) =>
    read.includes(name) && value ? [value.content] : [],
  )
  return [...text, ...attributes, ...(node.children ?? []).flatMap(ownWords)].filter(isWord)
}

/** Every message by its path. */
function flatten(messages: object, path = ''): Map<string, string> {
  const found = new Map<string, string>()
  for (const [key, value] of Object.entries(messages)) {
    const name = path ? `${path}.${key}` : key
    if (typeof value === 'string') found.set(name, value)
    else for (const [inner, text] of flatten(value as object, name)) found.set(inner, text)
  }
  return found
}

const english = flatten(i18n.global.getLocaleMessage('en'))
const chinese = flatten(i18n.global.getLocaleMessage('zh-CN'))

describe('what a person reads', () => {
  it('stands in the locale files and in no template', () => {
    const found = filesOf(root, '.vue').flatMap((path) => {
      const { descriptor } = parse(readFileSync(path, 'utf8'))
      const ast = descriptor.template?.ast as TemplateNode | undefined
      return ast ? ownWords(ast).map((words) => `${path.slice(root.length)}: ${words.trim()}`) : []
    })
    expect(found).toEqual([])
  })

  it('exists in both languages, with the same values to fill in', () => {
    expect([...chinese.keys()].toSorted()).toEqual([...english.keys()].toSorted())
    const slots = (text = '') => [...new Set(text.match(/\{\w+\}/g))].toSorted()
    const differing = [...english].filter(([key, text]) => {
      const other = new Set(slots(chinese.get(key)))
      return slots(text).some((slot) => !other.has(slot)) && !text.includes('|')
    })
    expect(differing.map(([key]) => key)).toEqual([])
  })

  it('is a message that exists wherever one is named', () => {
    const sources = [...filesOf(root, '.vue'), ...filesOf(root, '.ts')].filter(
      (path) => !path.includes('locales'),
    )
    const missing = sources.flatMap((path) => {
      const named = readFileSync(path, 'utf8').matchAll(/\b(?:t|translate)\(\s*'([\w.]+)'/g)
      return [...named].flatMap(([, key = '']) =>
        english.has(key) ? [] : [`${path.slice(root.length)}: ${key}`],
      )
    })
    expect(missing).toEqual([])
  })
})

describe('a fault', () => {
  it('has a sentence for its code in every language', () => {
    const mute = faultCodes.filter(
      (code) => !english.has(`faultText.${code}`) || !chinese.has(`faultText.${code}`),
    )
    expect(mute).toEqual([])
  })

  it("is said in the server's words in English, by code and place in Chinese", () => {
    const fault: Fault = {
      code: 'missing-input',
      path: ['nodes', 'text', 'inputs', 'model'],
      message: 'As it is',
    }
    i18n.global.locale.value = 'en'
    expect(sayFault(fault)).toBe('As it is')
    i18n.global.locale.value = 'zh-CN'
    expect(sayFault(fault)).toBe('节点“text”的“model”需要接入连线')
    i18n.global.locale.value = 'en'
  })
})

describe('the table of commands', () => {
  it('has a name for each in every language', () => {
    const nameless = commands.filter(
      ({ id }) => !english.has(`command.${id}`) || !chinese.has(`command.${id}`),
    )
    expect(nameless).toEqual([])
  })

  it('of the canvas has a name for each as well, and its hints name keys of the table', () => {
    expect(canvasKeys.filter(({ id }) => !english.has(`canvasKey.${id}`))).toEqual([])
    const hints = ['boxes.keys', 'figures.keys'].map((key) => english.get(key) ?? '')
    const named = hints.flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, id = '']) => id))
    expect(named.filter((id) => !Object.hasOwn(keyWords, id))).toEqual([])
  })

  it('gives no keys to two commands, and no id', () => {
    const keys = commands.flatMap((command) => command.keys.map((key) => key.toLowerCase()))
    const ids = commands.map(({ id }) => id)
    const twice = (names: string[]) => names.filter((name, index) => names.indexOf(name) !== index)
    expect(twice(keys)).toEqual([])
    expect(twice(ids)).toEqual([])
  })
})
