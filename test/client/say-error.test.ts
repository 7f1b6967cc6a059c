import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ask } from '../../client/api/http.ts'
import { i18n } from '../../client/locales/i18n.ts'
import refusalsZh from '../../client/locales/refusals.zh-CN.ts'
import { sayError } from '../../client/locales/say-error.ts'

const server = fileURLToPath(new URL('../../server/', import.meta.url))

/** What the page says, in English and in Chinese, when the server answers so. */
async function said(answer: () => Promise<Response>): Promise<string[]> {
  vi.stubGlobal('fetch', answer)
  const error: unknown = await ask('/api/queue').catch((error: unknown) => error)
  return ['en', 'zh-CN'].map((language) => {
    i18n.global.locale.value = language as 'en' | 'zh-CN'
    return sayError(error)
  })
}

const refusal = (code: string) => ({ error: { code, message: 'Cannot take it: no room' } })

afterEach(() => {
  vi.unstubAllGlobals()
  i18n.global.locale.value = 'en'
})

describe('a server', () => {
  it('that cannot be reached is said so, in the language of the page', async () => {
    expect(await said(() => Promise.reject(new TypeError('Failed to fetch')))).toEqual([
      'The server does not answer: see whether it runs, and try again',
      '服务器没有回应：请确认它在运行，然后再试',
    ])
  })

  it('that gives no reason is said with its status', async () => {
    const answer = () => Promise.resolve(new Response('<html>', { status: 502 }))
    expect(await said(answer)).toEqual(['The server answered 502', '服务器回应了 502'])
  })

  it('that refuses is said in its own words, and in Chinese by its code where that is known', async () => {
    const full = () => Promise.resolve(Response.json(refusal('disk-full'), { status: 507 }))
    expect(await said(full)).toEqual(['Cannot take it: no room', '无法存储：磁盘已满，请腾出空间后再试'])
    const strange = () => Promise.resolve(Response.json(refusal('strange'), { status: 400 }))
    expect(await said(strange)).toEqual(['Cannot take it: no room', 'Cannot take it: no room'])
  })

  it('has Chinese for every code that it refuses with', () => {
    const thrown = /new (?:HttpError\(\s*[^,']+,|PictureError\(|JsonError\()\s*'([\w-]+)'/g
    const codes = readdirSync(server, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .flatMap((name) => [...readFileSync(server + name, 'utf8').matchAll(thrown)])
      .map(([, code = '']) => code)
    expect(codes.length).toBeGreaterThan(20)
    expect(codes.filter((code) => !Object.hasOwn(refusalsZh, code))).toEqual([])
  })
})
