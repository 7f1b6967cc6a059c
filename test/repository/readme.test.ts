import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { stemOf } from '#server/cli/write-pictures.ts'

const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url))
const read = (name: string) => readFile(path(name), 'utf8')
const readme = await read('README.md')

interface Example {
  readonly nodes: Readonly<
    Record<string, { readonly type: string; readonly values?: Readonly<Record<string, unknown>> }>
  >
}

describe('the README', () => {
  it('goes on with the picture that its first command writes', async () => {
    const [, file = '', dir = ''] = /groundwork run (\S+\.json) --out (\S+)/.exec(readme) ?? []
    const [, picture] = /groundwork run (\S+\.png)/.exec(readme) ?? []
    const nodes = Object.values((JSON.parse(await read(file)) as Example).nodes)
    const valueOf = (type: string, name: string) => nodes.find((node) => node.type === type)?.values?.[name]
    const name = stemOf(String(valueOf('image/save', 'name')), String(valueOf('latent/noise', 'seed')))
    expect(picture).toBe(`${dir}/${name}.png`)
  })

  it('shows the same node as the README of the nodes', async () => {
    const node = /export default defineNode\(\{.*?\n\}\)\n/s
    expect(node.exec(await read('nodes/README.md'))?.[0]).toBe(node.exec(readme)?.[0])
  })

  it('names only files that are there', () => {
    const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link = '']) => link)
    expect(links.length).toBeGreaterThan(10)
    expect(links.filter((link) => !existsSync(path(link)))).toEqual([])
  })
})
