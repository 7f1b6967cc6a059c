import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { drawBox, handles, moveBox, resizeBox, type Box } from '../../client/canvas/box-geometry.ts'
import { arranged } from '../../client/document/arrange.ts'
import { cull, type Mounted } from '../../client/editor/culling.ts'
import { edgeStep } from '../../client/editor/edge-pan.ts'
import {
  fitBeside,
  fitTransform,
  layoutNode,
  noExtras,
  overlaps,
  toGraph,
  toScreen,
  type Layout,
} from '../../client/editor/geometry.ts'
import { rectOf } from '../../client/editor/layouts.ts'
import { fittingSockets, nearestSocket, socketPoint } from '../../client/editor/sockets.ts'
import { catalogue, loop } from './workflows.ts'

const layouts = new Map<string, Layout>(
  Object.entries(loop.nodes).map(([id, node]) => [id, layoutNode(node, catalogue[node.type], [], noExtras)]),
)

describe('a card', () => {
  it('has a socket for each port and for each parameter that takes a wire', () => {
    const card = layouts.get('noise')
    expect([...(card?.inputs.keys() ?? [])]).toEqual(['seed'])
    expect([...(card?.outputs.keys() ?? [])]).toEqual(['latent'])
  })

  it('keeps sockets for the links of a node that nobody knows', () => {
    const card = layoutNode({ type: 'gone/node', inputs: { a: 'noise.latent' } }, undefined, ['b'], noExtras)
    expect(card.inputs.get('a')).toBe(card.outputs.get('b'))
  })

  it('grows by what it shows', () => {
    const node = { type: 'toy/body' }
    const plain = layoutNode(node, catalogue['toy/body'], [], noExtras)
    const busy = layoutNode(node, catalogue['toy/body'], [], {
      ...noExtras,
      pictureRatio: 1,
      hasMessage: true,
    })
    expect(busy.height).toBeGreaterThan(plain.height + 232)
    expect(busy.inputs).toEqual(plain.inputs)
  })
})

describe('the view', () => {
  it('maps points to the screen and back', () => {
    const number = fc.double({ min: -1e4, max: 1e4, noNaN: true })
    const transforms = fc.record({ x: number, y: number, k: fc.double({ min: 0.1, max: 3, noNaN: true }) })
    fc.assert(
      fc.property(transforms, number, number, (transform, x, y) => {
        const back = toGraph(transform, toScreen(transform, { x, y }))
        expect(back.x).toBeCloseTo(x, 4)
        expect(back.y).toBeCloseTo(y, 4)
      }),
    )
  })

  it('fits what it shows into the viewport', () => {
    const bounds = { x: -200, y: 40, width: 3000, height: 500 }
    const transform = fitTransform(bounds, 1000, 700)
    const corner = toScreen(transform, { x: bounds.x + bounds.width, y: bounds.y + bounds.height })
    expect(toScreen(transform, bounds).x).toBeGreaterThanOrEqual(0)
    expect(corner.x).toBeLessThanOrEqual(1000)
  })

  it('fits what it shows beside what lies in the corner, and through it where that is free', () => {
    const corner = { x: 10, y: 582, width: 168, height: 108 }
    const low = [
      { x: 0, y: 0, width: 248, height: 300 },
      { x: 0, y: 500, width: 248, height: 300 },
      { x: 900, y: 0, width: 248, height: 300 },
    ]
    const { k, x, y } = fitBeside(low, 1000, 700, corner)
    expect(
      low.filter((rect) =>
        overlaps(
          { x: rect.x * k + x, y: rect.y * k + y, width: rect.width * k, height: rect.height * k },
          corner,
        ),
      ),
    ).toEqual([])
    expect(fitBeside(low.slice(2), 1000, 700, corner)).toEqual(
      fitTransform({ x: 900, y: 0, width: 248, height: 300 }, 1000, 700),
    )
  })

  it('goes on at its edges while something is dragged there, and nowhere else', () => {
    expect(edgeStep({ x: 500, y: 350 }, 1000, 700)).toEqual({ x: 0, y: 0 })
    expect(edgeStep({ x: 1000, y: 0 }, 1000, 700)).toEqual({ x: -14, y: 14 })
    expect(edgeStep({ x: 15, y: 350 }, 1000, 700)).toEqual({ x: 7, y: 0 })
  })

  const near = {
    document: loop,
    layouts,
    transform: { x: 0, y: 0, k: 1 },
    width: 520,
    height: 300,
    far: false,
    focused: null,
  }
  const full = (ids: readonly string[]) => new Map(ids.map((id) => [id, 'full' as const]))

  it('mounts the cards nearby and no others', () => {
    expect(cull(near, new Map())).toEqual({ next: full(['noise', 'start', 'body']), more: false })
    expect(cull({ ...near, transform: { x: 5000, y: 0, k: 1 } }, full(['noise'])).next.size).toBe(0)
    expect(cull({ ...near, far: true }, full(['noise'])).next.size).toBe(0)
  })

  it('keeps the card with the focus wherever it is', () => {
    const away = { ...near, transform: { x: 5000, y: 0, k: 1 }, focused: 'noise' }
    expect(cull(away, full(['noise', 'start'])).next).toEqual(full(['noise']))
  })

  it('mounts lite cards below half size, and does not change its mind in between', () => {
    const at = (k: number) => ({ ...near, transform: { x: 0, y: 0, k } })
    const detail = (k: number, mounted: Mounted) => cull(at(k), mounted).next.get('noise')
    expect(detail(0.45, full(['noise']))).toBe('lite')
    expect(detail(0.52, full(['noise']))).toBe('full')
    expect(detail(0.52, new Map([['noise', 'lite']]))).toBe('lite')
    expect(detail(0.6, new Map([['noise', 'lite']]))).toBe('full')
  })
})

describe('a dragged link', () => {
  it('may end where the type fits and no ring closes', () => {
    const origin = { node: 'start', port: 'latent', side: 'out' as const }
    const ends = fittingSockets(loop, catalogue, layouts, origin).map(({ node, port }) => `${node}.${port}`)
    expect(ends).toEqual(['body.latent', 'end.latent'])
  })

  it('snaps to the nearest of them', () => {
    const sockets = fittingSockets(loop, catalogue, layouts, { node: 'start', port: 'latent', side: 'out' })
    const [first] = sockets
    if (!first) throw new Error('no socket fits')
    const { x, y } = socketPoint(loop, layouts, first)
    expect(nearestSocket(loop, layouts, sockets, { x: x + 9, y: y - 7 })).toEqual(first)
    expect(nearestSocket(loop, layouts, sockets, { x, y: y + 900 })).toBeNull()
  })
})

describe('arranging', () => {
  it('gives every node a place of its own', () => {
    const sizeOf = (id: string) => layouts.get(id) ?? { width: 0, height: 0 }
    const placed = arranged({ groundwork: 1, nodes: loop.nodes }, sizeOf)
    const rects = Object.keys(loop.nodes).map((id) => rectOf(placed, layouts, id))
    expect(rects.some((a, i) => rects.slice(i + 1).some((b) => overlaps(a, b)))).toBe(false)
  })

  it('leaves places alone that the file names', () => {
    expect(arranged(loop, () => ({ width: 1, height: 1 }))).toBe(loop)
  })

  it('ends where the links form a ring', () => {
    const ring = { a: { type: 'x', inputs: { i: 'b.o' } }, b: { type: 'x', inputs: { i: 'a.o' } } }
    const placed = arranged({ groundwork: 1, nodes: ring }, () => ({ width: 10, height: 10 }))
    expect(Object.keys(placed.view?.nodes ?? {})).toEqual(expect.arrayContaining(['a', 'b']))
  })
})

describe('a box', () => {
  const fraction = fc.double({ min: 0, max: 1, noNaN: true })
  const far = fc.double({ min: -3, max: 3, noNaN: true })
  const anyBox = fc.tuple(fraction, fraction, fraction, fraction) as fc.Arbitrary<Box>
  const lies = ([x0, y0, x1, y1]: Box) => x0 >= 0 && y0 >= 0 && x1 <= 1 && y1 <= 1 && x0 <= x1 && y0 <= y1

  it('stays in the picture and the right way round however it is moved', () => {
    fc.assert(fc.property(anyBox, far, far, (box, dx, dy) => lies(moveBox(box, dx, dy))))
  })

  it('keeps its size when it is moved', () => {
    expect(moveBox([0.1, 0.2, 0.4, 0.6], 5, 0.1)).toEqual([0.7, 0.3, 1, 0.7])
  })

  it('stays in the picture and the right way round however its handles are pulled', () => {
    const handle = fc.constantFrom(...handles)
    fc.assert(
      fc.property(anyBox, handle, far, far, (box, pulled, x, y) => lies(resizeBox(box, pulled, { x, y }))),
    )
  })

  it('is not drawn by a click', () => {
    expect(drawBox({ x: 0.5, y: 0.5 }, { x: 0.505, y: 0.9 })).toBeNull()
    expect(drawBox({ x: 0.5, y: 0.5 }, { x: -1, y: 0.9 })).toEqual([0, 0.5, 0.5, 0.9])
  })
})
