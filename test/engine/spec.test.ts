import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

test('every rule of the engine has a test whose name begins with its id', () => {
  const rules = [...read('server/engine/SPEC.md').matchAll(/^- \*\*([A-Z]\d+)\*\*/gm)].map(([, id]) => id)
  const tests = ['test/engine', 'test/workflows'].flatMap((folder) =>
    readdirSync(new URL(`../../${folder}`, import.meta.url))
      .filter((file) => file.endsWith('.ts'))
      .map((file) => read(`${folder}/${file}`)),
  )
  const names = [...tests.join('\n').matchAll(/\(\s*'((?:[A-Z]\d+ )+)/g)]
  const tested = new Set(names.flatMap(([, ids]) => (ids ?? '').trim().split(' ')))
  expect(rules.length).toBeGreaterThan(30)
  expect(rules.filter((id) => !tested.has(id ?? ''))).toEqual([])
})
