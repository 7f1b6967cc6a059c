import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { afterEach, describe, expect, it } from 'vitest'
import { failure, type Failure } from '#inference/failure.ts'
import { failureCode } from '#workflows/protocol.ts'
import failuresZh from '../../client/locales/failures.zh-CN.ts'
import { failureText } from '../../client/locales/failure-text.ts'
import { i18n } from '../../client/locales/i18n.ts'
import { newJob, type Job } from '../../client/stores/job.ts'

const home = fileURLToPath(new URL('../../', import.meta.url))
const { te } = i18n.global

describe('a failed run', () => {
  const job: Job = {
    ...newJob('it', { groundwork: 1, nodes: {} }),
    state: 'failed',
    failure: 'out-of-memory',
    message: "Cannot run node 'a': it took too much",
  }

  afterEach(() => {
    i18n.global.locale.value = 'en'
  })

  it('is said by code in Chinese where the run ended of it, and where a node failed in its words', () => {
    expect(failureText(job)).toBe("Cannot run node 'a': it took too much")
    i18n.global.locale.value = 'zh-CN'
    const ended = '运行占用的内存超过上限，已被终止：请缩小图片'
    expect([failureText(job), failureText(job, { message: job.message ?? '' })]).toEqual([ended, ended])
    expect(failureText(job, { message: 'It has words of its own' })).toBe('It has words of its own')
    expect(failureText({ ...job, failure: 'nodes' })).toBe('有节点出错：查看这次运行可知是哪个、为什么')
  })

  it('has a sentence for each code in every language', () => {
    const codes = failureCode.options.map((code) => `failureText.${code}`)
    expect(codes.filter((code) => !te(code, 'en') || !te(code, 'zh-CN'))).toEqual([])
  })

  it('says in Chinese what its node threw, with the same values, and lists as Chinese has them', () => {
    const ofNode = ({ message, sentence }: Failure) =>
      failureText({ ...job, failure: 'nodes' }, { message, sentence })
    const [pick, by, grounds] = [3, 'keypoints', ['phrases in boxes', 'the style of a picture']]
    const outside = failure`Cannot pick item ${pick}: the list has ${pick}, from 0 to ${pick - 1}`
    const unfit = failure`Cannot ground by ${by} with model ${"'m'"}: it is grounded by ${grounds}, choose another adapter or model in LoadModel`
    expect(ofNode(unfit)).toContain('it is grounded by phrases in boxes and the style of a picture,')
    i18n.global.locale.value = 'zh-CN'
    expect(ofNode(outside)).toBe('无法取出第 3 项：列表有 3 项，从 0 到 2')
    expect(ofNode(unfit)).toBe(
      "模型 'm' 不能用关键点来定位，它接受的是框中的短语和图片的风格：请在“载入模型”中换一个适配器或模型",
    )
    expect(ofNode(failure`Cannot do what ${'nobody'} translated`)).toBe('Cannot do what nobody translated')
  })

  it('has Chinese for every sentence that is thrown with its slots open, and with the same slots', () => {
    const slots = (text: string) => [...new Set(text.match(/\{\d+\}/g))].toSorted()
    const untold = thrownTemplates().filter((template) => {
      const text = failuresZh[template]
      return text === undefined || slots(text).join() !== slots(template).join()
    })
    expect(untold).toEqual([])
  })

  it('has no Chinese for a sentence that nobody throws', () => {
    const thrown = new Set(thrownTemplates())
    const sentences = Object.keys(failuresZh).filter((key) => /^(?:Cannot|nothing|its) /.test(key))
    expect(sentences.filter((template) => !thrown.has(template))).toEqual([])
  })
})

/** The templates of all sentences in the code that a run reaches, by the parser that reads the code. */
function thrownTemplates(): string[] {
  const files = ['inference', 'nodes', 'server/engine'].flatMap((room) => sourcesOf(join(home, room)))
  return files.flatMap((path) => {
    const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true)
    const found: string[] = []
    const visit = (node: ts.Node): void => {
      if (ts.isTaggedTemplateExpression(node) && node.tag.getText() === 'failure')
        found.push(templateOf(node.template))
      ts.forEachChild(node, visit)
    }
    visit(source)
    return found
  })
}

function sourcesOf(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return names.filter((name) => name.endsWith('.ts')).map((name) => join(folder, name))
}

function templateOf(template: ts.TemplateLiteral): string {
  if (ts.isNoSubstitutionTemplateLiteral(template)) return template.text
  return template.templateSpans.reduce(
    (text, { literal }, index) => `${text}{${index}}${literal.text}`,
    template.head.text,
  )
}
