// Rasterises the emoji named in ../kinds.json to PNG files, one per kind, for scene.py to paste.
// Usage: node rasterise.mjs [output folder]   (default: ../runs/sprites)
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Resvg } from '@resvg/resvg-js'

const SIZE_PX = 192
const here = dirname(fileURLToPath(import.meta.url))
const output = resolve(process.argv[2] ?? join(here, '../runs/sprites'))

const require = createRequire(import.meta.url)
const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'))
const set = readJson(require.resolve('@iconify-json/fluent-emoji-flat/icons.json'))
const kinds = readJson(join(here, '../kinds.json'))

function renderPng(icon) {
  const shape = set.icons[icon]
  if (!shape) throw new Error(`Cannot rasterise "${icon}": the emoji set has no such icon`)
  const width = shape.width ?? set.width
  const height = shape.height ?? set.height
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}">${shape.body}</svg>`
  return new Resvg(svg, { fitTo: { mode: 'width', value: SIZE_PX } }).render().asPng()
}

mkdirSync(output, { recursive: true })
for (const { name, icon } of kinds) writeFileSync(join(output, `${name}.png`), renderPng(icon))
console.log(`${kinds.length} sprites, ${SIZE_PX} px, in ${output}`)
