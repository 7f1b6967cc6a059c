// Rasterises the emoji named in a list of kinds to PNG files, one per style and kind, for scene.py to paste.
// Usage: node rasterise.mjs   (for the world of TRAINING_SIZE, into TRAINING_RUNS, as settings.py has them)
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Resvg } from '@resvg/resvg-js'

const SIZE_PX = 192
const SETS = { flat: '@iconify-json/fluent-emoji-flat', noto: '@iconify-json/noto' }
const here = dirname(fileURLToPath(import.meta.url))
const large = process.env.TRAINING_SIZE === 'base'
const list = join(here, large ? '../kinds-base.json' : '../kinds.json')
const output = resolve(process.env.TRAINING_RUNS ?? join(here, large ? '../runs-base' : '../runs'), 'sprites')

const require = createRequire(import.meta.url)
const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'))
const kinds = readJson(list)

function renderPng(set, icon) {
  const shape = set.icons[icon] ?? set.icons[set.aliases?.[icon]?.parent]
  if (!shape) throw new Error(`Cannot rasterise "${icon}": the set ${set.prefix} has no such icon`)
  const width = shape.width ?? set.width ?? 16
  const height = shape.height ?? set.height ?? 16
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}">${shape.body}</svg>`
  return new Resvg(svg, { fitTo: { mode: 'width', value: SIZE_PX } }).render().asPng()
}

for (const [style, name] of Object.entries(SETS)) {
  const set = readJson(require.resolve(`${name}/icons.json`))
  mkdirSync(join(output, style), { recursive: true })
  for (const { name: kind, icon } of kinds) writeFileSync(join(output, style, `${kind}.png`), renderPng(set, icon))
}
console.log(`${kinds.length} sprites in each of ${Object.keys(SETS).join(', ')}, ${SIZE_PX} px, in ${output}`)
