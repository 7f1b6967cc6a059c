import { describe, expect, it } from 'vitest'
import { JobWatchers } from '#server/jobs/job-watchers.ts'
import { limits } from '#server/limits.ts'

const around = [-1, 0, 1]
const size = { mime: 'image/png', width: 1, height: 1, step: 0, total: 1, beta: null } as const

function watched() {
  const watchers = new JobWatchers(limits)
  return {
    draw: (job: string, node: string) => watchers.preview({ job, node, ...size }, new Uint8Array()),
    /** What somebody is shown who comes to a job late. */
    shown(job: string): string[] {
      const nodes: string[] = []
      watchers.showLastPreviews(job, { event: () => undefined, preview: ({ node }) => nodes.push(node) })
      return nodes
    },
  }
}

const names = (count: number) => Array.from({ length: count }, (_, i) => `${i}`)

describe('the last previews', () => {
  it.each(around)('are kept of so many jobs, those that drew last: of the limit and %i', (more) => {
    const { draw, shown } = watched()
    const jobs = names(limits.previewedJobs + more)
    for (const job of jobs) draw(job, 'a')
    expect(jobs.filter((job) => shown(job).length > 0)).toEqual(jobs.slice(-limits.previewedJobs))
  })

  it.each(around)('are kept of so many nodes of a job, those that drew last: of the limit and %i', (more) => {
    const { draw, shown } = watched()
    const nodes = names(limits.previewedNodes + more)
    for (const node of nodes) draw('job', node)
    expect(shown('job')).toEqual(nodes.slice(-limits.previewedNodes))
  })

  it('of a job and a node that draw again stay', () => {
    const { draw, shown } = watched()
    for (const job of ['first', 'second', 'first', 'third']) draw(job, 'a')
    expect([shown('first'), shown('second'), shown('third')]).toEqual([['a'], [], ['a']])
  })
})
