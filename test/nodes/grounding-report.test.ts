import { describe, expect, it } from 'vitest'
import type { Detection } from '#inference/detections.ts'
import { reportOn } from '#nodes/grounding-report.ts'

const left = [0, 0, 0.5, 1] as const
const right = [0.5, 0, 1, 1] as const
const options = { threshold: 0.5, kindOf: (phrase: string) => phrase.replace(/^an? /, '') || null }

function seen(kind: string, box: Detection['box'], score = 0.9): Detection {
  return { kind, box, score }
}

function report(phrases: Record<string, Detection['box']>, detections: readonly Detection[]) {
  const entities = Object.entries(phrases).map(([phrase, box]) => ({ phrase, box }))
  return reportOn({ entities, figures: [] }, detections, options)
}

describe('reportOn', () => {
  it('finds what stands in its box and says how well it fills it', () => {
    const { found, of, meanIou, entities } = report({ 'a cat': left, 'a dog': right }, [
      seen('cat', [0, 0, 0.5, 0.8]),
      seen('dog', right),
    ])
    expect([found, of, meanIou]).toEqual([2, 2, 0.9])
    expect(entities.map(({ iou }) => iou)).toEqual([0.8, 1])
  })

  it('does not take another kind for the one that was asked for, and says what it sees', () => {
    const { found, entities } = report({ 'a cat': left }, [seen('dog', left)])
    expect(found).toBe(0)
    expect(entities[0]).toMatchObject({ kind: 'cat', found: false, iou: 0, sees: { kind: 'dog', iou: 1 } })
  })

  it('needs a thing of its own for every box', () => {
    const two = [
      { phrase: 'a cat', box: left },
      { phrase: 'a cat', box: [0, 0, 0.5, 0.9] as const },
    ]
    const { entities } = reportOn({ entities: two, figures: [] }, [seen('cat', left)], options)
    expect(entities.map(({ found }) => found)).toEqual([true, false])
  })

  it('takes anything for a box that has only a picture', () => {
    expect(report({ '': left }, [seen('dog', left)]).found).toBe(1)
  })

  it('lists what nobody asked for', () => {
    expect(report({ 'a cat': left }, [seen('cat', left), seen('sun', right)]).others).toEqual([
      { kind: 'sun', score: 0.9, box: right },
    ])
  })

  it('lists whoever was posed like nobody that was asked for, and not the one that answers', () => {
    const pose = Array.from({ length: 17 }, (_, i) => [0.1 + 0.01 * i, 0.2 + 0.03 * i] as const)
    const keypoints = pose.map(([x, y]) => [x, y, 1] as const)
    const [asked, other] = [left, right].map((box) => ({ ...seen('person', box), keypoints }))
    if (!asked || !other) throw new Error('There are two people')
    const { found, others } = reportOn({ entities: [], figures: [pose] }, [asked, other], options)
    expect([found, others.map(({ box }) => box)]).toEqual([1, [right]])
  })

  it('holds a pose against the most alike figure that is seen', () => {
    const pose = Array.from({ length: 17 }, (_, i) => [0.3 + 0.01 * i, 0.2 + 0.03 * i] as const)
    const keypoints = pose.map(([x, y]) => [x, y, 1] as const)
    const detections = [{ ...seen('figure', [0.3, 0.2, 0.5, 0.7]), keypoints }]
    const { found, of, figures } = reportOn({ entities: [], figures: [pose] }, detections, options)
    expect([found, of]).toEqual([1, 1])
    expect(figures[0]?.oks).toBe(1)
  })

  it('needs a figure of its own for every pose, and gives it to the pose it is most like', () => {
    const pose = Array.from({ length: 17 }, (_, i) => [0.3 + 0.01 * i, 0.2 + 0.03 * i] as const)
    const near = pose.map(([x, y]) => [x + 0.005, y] as const)
    const keypoints = pose.map(([x, y]) => [x, y, 1] as const)
    const detections = [{ ...seen('figure', [0.3, 0.2, 0.5, 0.7]), keypoints }]
    const { found, figures } = reportOn({ entities: [], figures: [near, pose, pose] }, detections, options)
    expect(found).toBe(1)
    expect(figures.map(({ oks }) => oks)).toEqual([0, 1, 0])
  })

  it('finds nothing in an empty picture, however little it asks for', () => {
    const pose = Array.from({ length: 17 }, () => [0.3, 0.2] as const)
    const asked = { entities: [{ phrase: 'a cat', box: left }], figures: [pose] }
    for (const threshold of [0, 0.5])
      expect(reportOn(asked, [], { ...options, threshold })).toMatchObject({
        ...{ found: 0, of: 2, meanIou: 0, others: [] },
        entities: [{ found: false }],
        figures: [{ found: false }],
      })
  })
})
