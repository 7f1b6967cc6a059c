// Lists the kinds of the large world: emoji of things that both sets have, with English and Chinese names from CLDR.
// Usage: node kinds.mjs > ../kinds-base.json
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const readJson = (path) => JSON.parse(readFileSync(require.resolve(path), 'utf8'))
const sets = ['fluent-emoji-flat', 'noto'].map((name) => readJson(`@iconify-json/${name}/icons.json`))
const english = readJson('emojibase-data/en/data.json')
const chinese = new Map(readJson('emojibase-data/zh/data.json').map((row) => [row.hexcode, row.label]))

const THING_GROUPS = [3, 4, 5, 6, 7] // animals and nature, food, travel and places, activities, objects
const EVERY_FOURTH = 4 // is never boxed

const BROKEN = new Set(['package']) // the rasteriser ends the process at this picture of noto

const seen = new Set()
const rows = []
for (const { hexcode, label, group } of english) {
  if (!THING_GROUPS.includes(group)) continue
  const icon = label.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '')
  const name = label.toLowerCase().replace(/ face$/, '').replace(/[^a-z ]+/g, ' ').replace(/ +/g, ' ').trim()
  const zh = chinese.get(hexcode)
  if (!zh || BROKEN.has(icon) || seen.has(name) || name.split(' ').length > 2 || zh.length > 4) continue
  if (!sets.every((set) => icon in set.icons)) continue
  seen.add(name)
  rows.push({ name, zh, measure: '个', icon, boxed: rows.length % EVERY_FOURTH !== EVERY_FOURTH - 1 })
}
process.stdout.write(`[\n${rows.map((row) => `  ${JSON.stringify(row)}`).join(',\n')}\n]\n`)
