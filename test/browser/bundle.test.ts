import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { buildEditor } from '#server/cli/build-editor.ts'

const dist = fileURLToPath(new URL('../../client/dist', import.meta.url))
let files: readonly (readonly [name: string, text: string])[]

beforeAll(async () => {
  await buildEditor(dist)
  const names = (await readdir(dist, { recursive: true })).filter((name) => /\.(js|html|css)$/.test(name))
  files = await Promise.all(
    names.map(async (name) => [name, await readFile(`${dist}/${name}`, 'utf8')] as const),
  )
})

/** zod asks once whether it may make code from text; `client/no-eval.ts` tells it not to before it asks. */
const known = /new Function\(["'`]["'`]\)|Function;return new \w+\(["'`]["'`]\)/g

describe('the built editor', () => {
  it('makes no code from text', () => {
    expect(files.length).toBeGreaterThan(3)
    for (const [name, text] of files.filter(([name]) => name.endsWith('.js')))
      expect(text.replace(known, ''), name).not.toMatch(
        /\beval\(|new Function\(|\bset(Timeout|Interval)\(["'`]/,
      )
  })

  it('has pages without a line of script or style of their own', () => {
    const pages = files.filter(([name]) => name.endsWith('.html'))
    expect(pages.length).toBe(2)
    for (const [name, text] of pages) {
      expect(text, name).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son\w+=|javascript:/i)
      expect(text, name).not.toMatch(/(src|href)="(?!\/)/)
    }
  })

  it('carries the notices of the packages in it', async () => {
    const notices = await readFile(`${dist}/licenses.md`, 'utf8')
    for (const name of ['vue', 'rete', 'elkjs', 'dompurify']) expect(notices).toContain(`## ${name} - `)
  })

  it('loads nothing from anywhere else', () => {
    for (const [name, text] of files.filter(([name]) => name.endsWith('.css')))
      expect(text, name).not.toMatch(/@import|url\(["']?(https?:)?\/\//)
  })
})
