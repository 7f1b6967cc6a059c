import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parse } from 'vue/compiler-sfc'
import { boxesSchema } from '#nodes/boxes.ts'
import type { NodeInfo } from '#nodes/node-info.ts'
import { wireTypes } from '#nodes/wire-types.ts'
import { serverConfig } from '#server/config.ts'
import { catalogueOf, loadRegistry } from '#server/registry.ts'
import { faultCodes, type Fault } from '#workflows/fault.ts'
import type { Workflow } from '#workflows/format.ts'
import { emptyWorkflow } from '../../client/document/file.ts'
import { canvasKeys, keyWords } from '../../client/canvas/canvas-keys.ts'
import { drawnFaultText } from '../../client/canvas/fault-words.ts'
import { commands } from '../../client/editor/command-table.ts'
import { offerNodes } from '../../client/editor/palette.ts'
import { exampleInLanguage } from '../../client/locales/example-words.ts'
import { faultText } from '../../client/locales/fault-text.ts'
import { inLanguage } from '../../client/locales/node-words.ts'
import nodesZh, { type NodeWords } from '../../client/locales/nodes.zh-CN.ts'
import { i18n, translate } from '../../client/locales/i18n.ts'

const root = fileURLToPath(new URL('../../client/', import.meta.url))

function filesOf(folder: string, ending: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return ['dist', 'public'].includes(entry.name) ? [] : filesOf(path, ending)
    return entry.name.endsWith(ending) ? [path] : []
  })
}

const examplesDir = fileURLToPath(new URL('../../workflows/examples/', import.meta.url))

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

const { nodesDir } = serverConfig({}, {}).runner
const catalogue = catalogueOf(await loadRegistry(nodesDir), { models: ['m'], adapters: ['auto'] })

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

  it('is said by code and place, in the language of the page', () => {
    const fault: Fault = {
      code: 'missing-input',
      path: ['nodes', 'text', 'inputs', 'model'],
      message: 'As it is',
    }
    i18n.global.locale.value = 'en'
    expect(faultText(fault, undefined)).toBe("'model' needs a link")
    i18n.global.locale.value = 'zh-CN'
    expect(faultText(fault, undefined)).toBe('“model”需要接入连线')
    i18n.global.locale.value = 'en'
  })

  it('names the parameter and what its value must be: the kind, the range, the choices', () => {
    let nodes = catalogue
    const say = (type: string, param: string) =>
      faultText({ code: 'wrong-value', path: ['nodes', 'it', 'values', param], message: '' }, nodes[type])
    expect(say('grounding/cutoff-switch', 'on')).toBe("'τ' cannot be used: it must be a number from 0 to 1")
    expect(say('image/resize', 'fit')).toBe("'Fit' cannot be used: it must be cover or fill")
    nodes = inLanguage(catalogue, 'zh-CN')
    i18n.global.locale.value = 'zh-CN'
    expect(say('grounding/cutoff-switch', 'on')).toBe('“τ”的值无法使用，应为 0 到 1 之间的数')
    expect(say('latent/noise', 'seed')).toBe('“种子”的值无法使用，应为 0 到 2^64−1 的整数')
    expect(say('image/resize', 'fit')).toBe('“适应”的值无法使用，可选：cover或fill')
    expect(say('grounding/box', 'boxes')).toBe('“框”的值无法使用')
    i18n.global.locale.value = 'en'
  })
})

describe('a fault of something drawn', () => {
  it('is said in Chinese as its canvas says it, each by the rule that it breaks', () => {
    const boxes = [
      { phrase: '', box: [0, 0, 0.5, 0.5] },
      { phrase: 'a cat', box: [0.8, 0, 0.2, 1.5] },
    ]
    const { issues = [] } = boxesSchema.safeParse(boxes).error ?? {}
    const say = (message: string) => drawnFaultText(translate, 'boxes', boxes, message)
    i18n.global.locale.value = 'zh-CN'
    expect(issues.map(({ message }) => say(`Cannot run node 'it': ${message}`))).toEqual([
      '第 1 个框没有短语：请写明其中是什么',
      '第 2 个框超出图片：y1 是 1.5，必须在 0 到 1 之间',
      '第 2 个框内外颠倒：x0 0.8 > x1 0.2，请互换',
    ])
    expect(say('Something else')).toBeUndefined()
    i18n.global.locale.value = 'en'
  })
})

describe('a node', () => {
  /** What is read of a node: its own words, and those of its ports and parameters by name. */
  const wordsOf = ({ title, description, inputs, params, outputs }: NodeWords) => ({
    node: [title, description],
    inputs: inputs ?? {},
    params: params ?? {},
    outputs: outputs ?? {},
  })

  const offered = (language: string, query: string) =>
    offerNodes(
      inLanguage(catalogue, language),
      query,
      () => true,
      ({ type }) => catalogue[type],
    ).map(({ type }) => type)

  it('has a title and a description in English, and so has every parameter of it', () => {
    const mute = Object.values(catalogue).filter(
      ({ title, description, params }) =>
        !title || !description || Object.values(params).some((param) => !param.title || !param.description),
    )
    expect(mute).toEqual([])
  })

  it('is said in Chinese with every port and parameter of it, and nothing else is', () => {
    expect(Object.keys(nodesZh).toSorted()).toEqual(Object.keys(catalogue).toSorted())
    for (const [type, { inputs, params, outputs }] of Object.entries(catalogue)) {
      const words = wordsOf(nodesZh[type] ?? { title: '', description: '' })
      const names = (parts: object) => Object.keys(parts).toSorted()
      expect([type, names(words.inputs), names(words.params), names(words.outputs)]).toEqual([
        type,
        names(inputs),
        names(params),
        names(outputs),
      ])
      const said = [words.node, ...[words.inputs, words.params, words.outputs].flatMap(Object.values)]
      expect([type, said.flat().filter((text) => text === '')]).toEqual([type, []])
    }
  })

  it.each([
    ['prompt', 'text/encode'],
    ['clip', 'text/encode'],
    ['checkpoint', 'model/load'],
    ['ksampler', 'sampling/steps'],
    ['cfg', 'sampling/gated-unet-step'],
    ['ddim', 'sampling/steps'],
    ['negative', 'sampling/gated-unet-step'],
    ['empty latent', 'latent/noise'],
    ['upscale', 'image/resize'],
    ['提示词', 'text/encode'],
    ['放大', 'image/resize'],
  ])('is found by what other editors, its ports or its choices call it: %s', (query, type) => {
    expect(offered('zh-CN', query)).toContain(type)
    if (/^[a-z ]+$/.test(query)) expect(offered('en', query)).toContain(type)
  })

  it('whose title holds the word is offered before those of which only a port is called so', () => {
    const [first, ...others] = offered('en', 'mask')
    expect(first).toBe('inpaint/mask')
    expect(others).toContain('inpaint/blend')
  })

  it('that has other names in English has some in Chinese', () => {
    const named = (nodes: object) =>
      Object.entries(nodes as Record<string, { aliases?: readonly string[] }>)
        .filter(([, { aliases }]) => aliases)
        .map(([type]) => type)
    expect(named(nodesZh).toSorted()).toEqual(named(catalogue).toSorted())
  })

  it('that this editor has no words for keeps its own', () => {
    const own = { ...catalogue, 'mine/own': { ...catalogue['text/encode'], type: 'mine/own' } as NodeInfo }
    const nodes = inLanguage(own, 'zh-CN')
    expect([nodes['mine/own']?.title, nodes['text/encode']?.title]).toEqual(['TextEncode', '文本编码'])
  })

  it('stands in a folder, and takes and gives wires, that have names in every language', () => {
    const folders = Object.keys(catalogue).map((type) => `nodeGroup.${type.split('/')[0]}`)
    const nameless = [...folders, ...wireTypes.map((type) => `wire.${type}`)].filter(
      (key) => !english.has(key) || !chinese.has(key),
    )
    expect(nameless).toEqual([])
  })
})

describe('an example', () => {
  it('is called in English as in its file, and has a name, a description and its titles in Chinese', () => {
    const files = readdirSync(examplesDir).filter((name) => name.endsWith('.json'))
    for (const file of files) {
      const example = JSON.parse(readFileSync(join(examplesDir, file), 'utf8')) as Workflow
      const titled = Object.entries(example.nodes).filter(([, { title }]) => title !== undefined)
      const parts = ['name', 'description', ...titled.map(([id]) => `nodes.${id}`)]
      const said = (words: Map<string, string>) =>
        parts.map((part) => words.get(`example.${file.replace('.json', '')}.${part}`))
      expect(said(english)).toEqual([
        example.name,
        example.description,
        ...titled.map(([, { title }]) => title),
      ])
      expect([file, said(chinese).filter((text) => !text)]).toEqual([file, []])
    }
  })

  it('opens with the words of the page, and with those of its file where there are none', () => {
    const nodes = { empty: { type: 'text/encode', title: 'Empty text' }, mine: { type: 'text/encode' } }
    const workflow = { ...emptyWorkflow, name: 'A house', description: 'Its own.', nodes }
    i18n.global.locale.value = 'zh-CN'
    onTestFinished(() => {
      i18n.global.locale.value = 'en'
    })
    const opened = exampleInLanguage({ name: 'text-box', workflow })
    expect(opened.name).toBe(chinese.get('example.text-box.name'))
    expect([opened.nodes['empty']?.title, opened.nodes['mine']]).toEqual(['空文本', nodes.mine])
    expect(exampleInLanguage({ name: 'of-my-own', workflow })).toEqual(workflow)
    expect(exampleInLanguage({ name: 'of-my-own', workflow: emptyWorkflow }).name).toBe('of-my-own')
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
