import { existsSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { ESLint } from 'eslint'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const notOurs = new Set([
  '.git',
  '.venv',
  'node_modules',
  'dist',
  'data',
  'out',
  'coverage',
  'runs',
  'runs-base',
  '__pycache__',
])
const files = filesBelow('')
const text = (name: string) => readFile(`${root}/${name}`, 'utf8')

function filesBelow(path: string): string[] {
  return readdirSync(`${root}/${path}`, { withFileTypes: true })
    .filter(({ name }) => !notOurs.has(name))
    .flatMap((entry) => {
      const inside = path === '' ? entry.name : `${path}/${entry.name}`
      return entry.isDirectory() ? filesBelow(inside) : [inside]
    })
}

describe('the repository', () => {
  it('says how to report a fault, and has a licence', async () => {
    expect(existsSync(`${root}/LICENSE`)).toBe(true)
    expect(await text('SECURITY.md')).toMatch(/report/i)
  })

  it('holds no pickle and no program in another form than its source', () => {
    const odd = files.filter((name) =>
      /\.(ckpt|pt|pth|bin|pkl|exe|dll|so|dylib|node|wasm|class|jar|pyc)$/.test(name),
    )
    expect(odd).toEqual([])
  })

  it('holds no key and no file of secrets', async () => {
    expect(files.filter((name) => /(^|\/)(\.env|id_rsa|.*\.pem|.*\.key)$/.test(name))).toEqual([])
    const sources = files.filter(
      (name) => /\.(ts|js|json|md|vue|py|yml|npmrc)$/.test(name) && !name.startsWith('models/'),
    )
    for (const name of sources)
      expect(await text(name), name).not.toMatch(
        /-----BEGIN [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{16}|^\/\/.*:_(authToken|auth|password)|ghp_[A-Za-z0-9]{36}/m,
      )
  })

  it('feeds its readers of foreign data from fast-check', async () => {
    const tests = await Promise.all(files.filter((name) => /^test\/.*\.test\.ts$/.test(name)).map(text))
    expect(tests.filter((test) => test.includes("from 'fast-check'")).length).toBeGreaterThan(10)
  })

  it('pins what its continuous integration runs', async () => {
    for (const name of files.filter((file) => /^\.github\/workflows\/.*\.ya?ml$/.test(file)))
      for (const [, action] of (await text(name)).matchAll(/uses:\s*(\S+)/g))
        expect(action, name).toMatch(/@[0-9a-f]{40}$|^\.\//)
  })
})

describe('lint refuses code made from text', () => {
  const lint = async (code: string): Promise<(string | null)[]> => {
    const [result] = await new ESLint({ cwd: root }).lintText(code, { filePath: `${root}/server/log.ts` })
    return (result?.messages ?? []).map(({ ruleId }) => ruleId)
  }

  it.each([
    ['eval', "eval('1')\n", 'no-eval'],
    ['new Function', "export const f = new Function('return 1')\n", 'no-new-func'],
    ['a timer with text', "setTimeout('go()', 1)\n", 'no-implied-eval'],
    ['vm', "import { runInNewContext } from 'node:vm'\nrunInNewContext('1')\n", 'no-restricted-imports'],
  ])('by %s', async (_what, code, rule) => {
    expect(await lint(code)).toContain(rule)
  })
})
