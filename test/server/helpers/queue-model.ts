/** A queue as a child would write it: a list in memory, to compare a real one with. */
interface ModelJob {
  readonly id: string
  priority: number
  state: 'queued' | 'running' | 'over'
  starts: number
  cancelling: boolean
}

export class QueueModel {
  readonly jobs: ModelJob[] = []

  get running(): ModelJob | undefined {
    return this.jobs.find(({ state }) => state === 'running')
  }

  add(id: string, priority: number): 'added' | 'full' {
    if (this.#waiting().length >= 5) return 'full'
    this.jobs.push({ id, priority, state: 'queued', starts: 0, cancelling: false })
    return 'added'
  }

  claim(): string | undefined {
    const [next] = this.#waiting()
    if (!next) return undefined
    next.state = 'running'
    next.starts++
    return next.id
  }

  finish(): void {
    if (this.running) this.running.state = 'over'
  }

  crash(): void {
    const { running } = this
    if (running) running.state = running.cancelling || running.starts >= 2 ? 'over' : 'queued'
  }

  cancel(id: string): void {
    const found = this.jobs.find((job) => job.id === id)
    if (found?.state === 'queued') found.state = 'over'
    if (found?.state === 'running') found.cancelling = true
  }

  prioritise(id: string, priority: number): void {
    const found = this.jobs.find((job) => job.id === id)
    if (found?.state === 'queued') found.priority = priority
  }

  view(): { queued: string[]; running: string | null } {
    return { queued: this.#waiting().map(({ id }) => id), running: this.running?.id ?? null }
  }

  #waiting(): ModelJob[] {
    return this.jobs.filter(({ state }) => state === 'queued').sort((a, b) => b.priority - a.priority)
  }
}
