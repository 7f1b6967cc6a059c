import { describe, expect, it } from 'vitest'
import type { Catalogue, NodeInfo } from '#nodes/node-info.ts'
import type { Subgraph } from '#workflows/format.ts'
import { Draft } from '../../client/document/change.ts'
import { checkLink } from '../../client/document/check-link.ts'
import { insertOnLink } from '../../client/document/edits.ts'
import { itemOf, linkKey, noteKey, rerouteKey } from '../../client/document/items.ts'
import type { PortRef } from '../../client/document/queries.ts'
import { withSubgraphs } from '../../client/document/subgraph-info.ts'
import { setReroutes, shiftItems } from '../../client/document/view-edits.ts'
import { align, distribute, neighbour } from '../../client/editor/align.ts'
import { layoutNode, noExtras } from '../../client/editor/geometry.ts'
import { curvesThrough, pointsOn } from '../../client/editor/link-path.ts'
import { crossedLinks, linkAt, shownLinks } from '../../client/editor/links.ts'
import { mapHeight, mapScale, mapWidth } from '../../client/editor/minimap.ts'
import { portsThrough } from '../../client/editor/palette.ts'
import { catalogue, loop } from './workflows.ts'

const layouts = new Map(
  Object.entries(loop.nodes).map(([id, node]) => [id, layoutNode(node, catalogue[node.type], [], noExtras)]),
)
const links = shownLinks(loop, catalogue, layouts)
const into = (node: string, port: string) => {
  const link = links.find(({ to }) => to.node === node && to.port === port)
  if (!link) throw new Error(`no link into ${node}.${port}`)
  return link
}
const middleOf = (node: string, port: string) => {
  const [curve] = into(node, port).curves
  const point = curve && pointsOn(curve)[12]
  if (!point) throw new Error('the link has no curve')
  return point
}

describe('a link on the canvas', () => {
  it('is hit near its curve and nowhere else', () => {
    const at = middleOf('end', 'latent')
    expect(linkAt(links, { x: at.x, y: at.y + 4 }, 7)?.link).toBe(into('end', 'latent'))
    expect(linkAt(links, { x: at.x, y: at.y + 40 }, 7)).toBeNull()
  })

  it('is cut by a line across it, with every other that the line crosses', () => {
    const { x } = middleOf('body', 'latent')
    const cut = crossedLinks(links, { x: x + 1, y: -500 }, { x: x + 1, y: 500 })
    expect(cut.map(({ to }) => `${to.node}.${to.port}`)).toEqual(['body.step', 'body.latent'])
  })

  it('runs through its reroute points, and says between which of them it was hit', () => {
    const draft = new Draft(loop)
    setReroutes(draft, { node: 'end', port: 'latent' }, [{ x: 850, y: 400 }])
    const [link] = shownLinks(draft.document, catalogue, layouts).filter(({ to }) => to.node === 'end')
    expect(link?.curves.map(({ to }) => to)[0]).toEqual({ x: 850, y: 400 })
    const last = link?.curves[1]
    const point = last && pointsOn(last)[20]
    expect(linkAt(link ? [link] : [], point ?? { x: 0, y: 0 }, 7)?.curve).toBe(1)
  })

  it('is smooth where it passes a point', () => {
    const [first, second] = curvesThrough([
      { x: 0, y: 0 },
      { x: 100, y: 80 },
      { x: 300, y: 20 },
    ])
    if (!first || !second) throw new Error('a curve is missing')
    const slope = (a: { x: number; y: number }, b: { x: number; y: number }) => (b.y - a.y) / (b.x - a.x)
    expect(slope(first.c2, first.to)).toBeCloseTo(slope(second.from, second.c1))
  })

  it('takes its points along where both its ends move', () => {
    const draft = new Draft(loop)
    setReroutes(draft, { node: 'end', port: 'latent' }, [{ x: 850, y: 400 }])
    shiftItems(draft, ['body', 'end'], 10, 20)
    expect(draft.document.view?.reroutes?.['end.latent']).toEqual([[860, 420]])
    shiftItems(draft, ['end'], 10, 20)
    expect(draft.document.view?.reroutes?.['end.latent']).toEqual([[860, 420]])
  })

  it('takes a node in between, by the ports that fit', () => {
    const draft = new Draft(loop)
    draft.put(['nodes', 'second'], { type: 'toy/body' })
    const body = catalogue['toy/body']
    const ports = body && portsThrough(body, 'Latent', 'Latent')
    if (!ports) throw new Error('no ports fit')
    insertOnLink(draft, into('end', 'latent'), 'second', ports)
    expect(draft.document.nodes['second']?.inputs).toEqual({ latent: 'body.latent' })
    expect(draft.document.nodes['end']?.inputs).toEqual({ latent: 'second.latent' })
    expect(body && portsThrough(body, 'Text', 'Text')).toBeNull()
  })
})

describe('the key of an item', () => {
  it('leads back to it', () => {
    const to = { node: 'a', port: 'b' }
    expect(itemOf('a')).toEqual({ kind: 'node', id: 'a' })
    expect(itemOf(noteKey('a'))).toEqual({ kind: 'note', id: 'a' })
    expect(itemOf(linkKey(to))).toEqual({ kind: 'link', to })
    expect(itemOf(rerouteKey(to, 2))).toEqual({ kind: 'reroute', to, index: 2 })
  })
})

const box = (key: string, x: number, y: number, width = 10, height = 10) => ({
  key,
  rect: { x, y, width, height },
})

describe('items', () => {
  it('line up at the outermost edge', () => {
    const items = [box('a', 0, 0), box('b', 50, 30, 20)]
    expect(align(items, 'right').get('a')).toEqual({ x: 60, y: 0 })
    expect(align(items, 'top').get('b')).toEqual({ x: 0, y: -30 })
  })

  it('are spread with equal gaps between the first and the last', () => {
    const moves = distribute([box('a', 0, 0), box('b', 12, 0), box('c', 90, 0)], 'across')
    expect(moves.get('b')).toEqual({ x: 33, y: 0 })
    expect(moves.get('c')).toEqual({ x: 0, y: 0 })
  })

  it('are reached one from the other by direction', () => {
    const items = [box('near', 40, 5), box('far', 200, 0), box('aside', 30, 300)]
    expect(neighbour(items, { x: 0, y: 0, width: 10, height: 10 }, 'right')).toBe('near')
    expect(neighbour(items, { x: 0, y: 0, width: 10, height: 10 }, 'left')).toBeNull()
  })
})

describe('the map', () => {
  it('holds everything and what is looked at', () => {
    const seen = { x: -1000, y: -1000, width: 100, height: 100 }
    const { area, k } = mapScale([{ x: 0, y: 0, width: 500, height: 300 }], seen)
    expect(area.x).toBeLessThan(-1000)
    expect(area.x + area.width).toBeGreaterThan(500)
    expect(area.width * k).toBeCloseTo(mapWidth)
    expect(area.height * k).toBeCloseTo(mapHeight)
  })
})

describe('a link to or from what carries anything', () => {
  const any = { type: 'Any', description: '', optional: true } as const
  const withAny: Catalogue = {
    ...catalogue,
    'toy/switch': {
      ...(catalogue['toy/end'] as NodeInfo),
      type: 'toy/switch',
      loop: null,
      inputs: { yes: any, no: any },
      outputs: { value: { type: 'Any', description: '' } },
    },
  }
  const judged = (inputs: Readonly<Record<string, string>>, from: string, to: string) => {
    const nodes = {
      ...loop.nodes,
      count: { type: 'toy/number' },
      switch: { type: 'toy/switch', inputs: { ...inputs } },
      end: { type: 'toy/end' },
    }
    const [source = '', output = ''] = from.split('.')
    const [node = '', port = ''] = to.split('.')
    const link = { from: { node: source, port: output }, to: { node, port } }
    return checkLink({ ...loop, nodes }, withAny, link)
  }

  it('is judged by what it carries, as on the server', () => {
    expect(judged({}, 'switch.value', 'end.latent')).toEqual({ code: 'fits' })
    expect(judged({ yes: 'noise.latent' }, 'switch.value', 'end.latent')).toEqual({ code: 'fits' })
    const carriesInt = judged({ yes: 'count.value' }, 'switch.value', 'end.latent')
    expect(carriesInt).toEqual({ code: 'wrong-type', from: 'Int', to: 'Latent' })
  })

  it('must carry the same as the other inputs of its node, and may take the place of its own', () => {
    const other = judged({ yes: 'noise.latent' }, 'count.value', 'switch.no')
    expect(other).toEqual({ code: 'wrong-type', from: 'Int', to: 'Latent' })
    expect(judged({ yes: 'noise.latent' }, 'count.value', 'switch.yes')).toEqual({ code: 'fits' })
  })

  it('is judged by what stands behind the ports of a subgraph', () => {
    const two: Subgraph = {
      nodes: { one: { type: 'toy/switch' }, other: { type: 'toy/switch' } },
      inputs: { first: ['one.yes'], second: ['other.yes'] },
      outputs: { first: 'one.value', second: 'other.value' },
    }
    const inputs = { first: 'noise.latent', second: 'count.value' }
    const nodes = {
      ...loop.nodes,
      count: { type: 'toy/number' },
      two: { type: 'subgraph/two', inputs },
      end: { type: 'toy/end' },
    }
    const file = { ...loop, nodes, subgraphs: { two } }
    const check = (from: PortRef, to: PortRef) =>
      checkLink(file, withSubgraphs(withAny, file.subgraphs), { from, to })
    const end = { node: 'end', port: 'latent' }
    expect(check({ node: 'two', port: 'first' }, end)).toEqual({ code: 'fits' })
    const second = { node: 'two', port: 'second' }
    expect(check(second, end)).toEqual({ code: 'wrong-type', from: 'Int', to: 'Latent' })
    expect(check({ node: 'noise', port: 'latent' }, second)).toEqual({ code: 'fits' })
  })
})
