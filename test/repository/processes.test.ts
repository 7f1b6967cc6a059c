import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** `import type` is gone when the code runs. */
const imported = /^(?:import|export)\s(?!type\s)(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm

/** Every package that a file loads when it runs, directly or not. */
function packagesOf(entry: string): Set<string> {
  const packages = new Set<string>()
  const files = new Set([join(root, entry)])
  for (const file of files)
    for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(imported)) {
      const inside = name.startsWith('#') ? join(root, name.slice(1)) : join(dirname(file), name)
      if (name.startsWith('#') || name.startsWith('.')) files.add(inside)
      else packages.add(name)
    }
  return packages
}

describe('a process', () => {
  it('that answers people decodes no picture and runs no model: both are native code that may crash', () => {
    const packages = packagesOf('server/main.ts')
    expect([...packages]).toEqual(expect.arrayContaining(['express', 'socket.io']))
    expect([...packages].filter((name) => ['sharp', 'onnxruntime-node'].includes(name))).toEqual([])
  })

  it.each([
    ['server/runner/child.ts', 'onnxruntime-node'],
    ['server/pictures/decoder-child.ts', 'sharp'],
  ])('of %s, beside it, loads %s', (entry, name) => {
    expect(existsSync(join(root, entry))).toBe(true)
    expect([...packagesOf(entry)]).toContain(name)
  })
})
