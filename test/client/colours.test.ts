import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { wireTypes } from '#nodes/wire-types.ts'
import { ringColour } from '../../client/editor/colours.ts'

const styles = readFileSync(new URL('../../client/styles.css', import.meta.url), 'utf8')
const [dark = '', light = ''] = [...styles.matchAll(/:root[^{]*\{([^}]*)\}/g)].map(([, rules]) => rules ?? '')

type Colour = readonly number[]

function colour(hex: string): Colour {
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16))
}

function variable(theme: string, name: string): Colour {
  return colour(new RegExp(`--${name}: (#[0-9a-f]{6});`).exec(theme)?.[1] ?? '')
}

/** What the page makes of the ring of a socket: a colour mixed with that of texts. */
function mixed(css: string, text: Colour): Colour {
  const [, wire = '', percent] = /^color-mix\(in srgb, (#\w{6}) (\d+)%, var\(--text\)\)$/.exec(css) ?? []
  const share = Number(percent) / 100
  return colour(wire).map((value, at) => value * share + (text[at] ?? 0) * (1 - share))
}

/** Relative luminance and contrast as WCAG 2.2 defines them. */
function luminance(rgb: Colour): number {
  const linear = rgb.map((value) => {
    const part = value / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return linear.reduce((sum, value, at) => sum + value * ([0.2126, 0.7152, 0.0722][at] ?? 0), 0)
}
function contrast(a: Colour, b: Colour): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y)
  return (high + 0.05) / (low + 0.05)
}

it.each([
  ['dark', dark],
  ['light', light],
])('the ring of every socket stands out from the card and the ground, with the %s theme', (_, theme) => {
  for (const type of wireTypes)
    for (const behind of ['card', 'ground']) {
      const ring = mixed(ringColour(type), variable(theme, 'text'))
      const ratio = contrast(ring, variable(theme, behind))
      expect(ratio, `${type} on the ${behind}`).toBeGreaterThanOrEqual(3)
    }
})
