/** Workflows that people keep on the server, every saving as a revision of its own, and those shared by their hash. */
import { createHash } from 'node:crypto'
import type { StoredWorkflow } from '#workflows/protocol.ts'
import type { Workflow } from '#workflows/format.ts'
import type { Database, Value } from '../store/database.ts'

export interface LibraryBounds {
  /** Workflows that are kept; one more is refused. */
  readonly storedWorkflows: number
  /** Revisions of one workflow; the oldest go. */
  readonly workflowRevisions: number
  /** Workflows shared by hash; the oldest go. */
  readonly sharedWorkflows: number
}

export type Saved =
  | { readonly kind: 'saved'; readonly stored: StoredWorkflow }
  /** Another revision stands there: the number, 0 when there is none. */
  | { readonly kind: 'conflict'; readonly rev: number }
  | { readonly kind: 'full' }

export type Removed =
  | { readonly kind: 'removed' }
  | { readonly kind: 'conflict'; readonly rev: number }
  | { readonly kind: 'unknown' }

const columns = 'id, name, rev, saved'
type Row = { readonly id: string; readonly name: string; readonly rev: number; readonly saved: number }

export class WorkflowLibrary {
  readonly #db: Database
  readonly #bounds: LibraryBounds
  readonly #now: () => number

  /** @param now milliseconds since 1970. */
  constructor(db: Database, bounds: LibraryBounds, now: () => number = Date.now) {
    this.#db = db
    this.#bounds = bounds
    this.#now = now
  }

  /** The newest revision of each, the one saved last first. */
  list(): readonly StoredWorkflow[] {
    return this.#db.all<Row>(
      `SELECT ${columns} FROM workflow AS one
        WHERE rev = (SELECT max(rev) FROM workflow WHERE id = one.id) ORDER BY saved DESC, id`,
    )
  }

  /** Newest first; empty when there is no such workflow. */
  revisions(id: string): readonly StoredWorkflow[] {
    return this.#db.all<Row>(`SELECT ${columns} FROM workflow WHERE id = ? ORDER BY rev DESC`, id)
  }

  /** A revision, or the newest; null when there is none. */
  open(id: string, rev?: number): (StoredWorkflow & { readonly workflow: Workflow }) | null {
    const values: Value[] = rev === undefined ? [id] : [id, rev]
    const found = this.#db.get<Row & { readonly body: string }>(
      `SELECT ${columns}, body FROM workflow WHERE id = ? ${rev === undefined ? '' : 'AND rev = ?'}
        ORDER BY rev DESC LIMIT 1`,
      ...values,
    )
    if (!found) return null
    const { body, ...stored } = found
    return { ...stored, workflow: JSON.parse(body) as Workflow }
  }

  /** @param rev the revision that it was made from; 0 for a new workflow. */
  save(id: string, rev: number, workflow: Workflow): Saved {
    return this.#db.transaction((): Saved => {
      const current = this.#revOf(id)
      if (current !== rev) return { kind: 'conflict', rev: current }
      if (current === 0 && this.#count() >= this.#bounds.storedWorkflows) return { kind: 'full' }
      const stored = { id, name: workflow.name ?? '', rev: rev + 1, saved: this.#now() }
      this.#db.run(
        `INSERT INTO workflow (${columns}, body) VALUES (?, ?, ?, ?, ?)`,
        ...[stored.id, stored.name, stored.rev, stored.saved, JSON.stringify(workflow)],
      )
      const oldest = stored.rev - this.#bounds.workflowRevisions
      this.#db.run('DELETE FROM workflow WHERE id = ? AND rev <= ?', id, oldest)
      return { kind: 'saved', stored }
    })
  }

  /** Removes a workflow with all its revisions. */
  remove(id: string, rev: number): Removed {
    return this.#db.transaction((): Removed => {
      const current = this.#revOf(id)
      if (current === 0) return { kind: 'unknown' }
      if (current !== rev) return { kind: 'conflict', rev: current }
      this.#db.run('DELETE FROM workflow WHERE id = ?', id)
      return { kind: 'removed' }
    })
  }

  /** @returns the SHA-256 under which anybody who may use this server finds it. */
  share(workflow: Workflow): string {
    const body = JSON.stringify(workflow)
    const hash = createHash('sha256').update(body).digest('hex')
    this.#db.transaction(() => {
      // Shared again, it is as new.
      this.#db.run('DELETE FROM shared WHERE hash = ?', hash)
      this.#db.run('INSERT INTO shared (hash, body) VALUES (?, ?)', hash, body)
      this.#db.run(
        'DELETE FROM shared WHERE ord NOT IN (SELECT ord FROM shared ORDER BY ord DESC LIMIT ?)',
        this.#bounds.sharedWorkflows,
      )
    })
    return hash
  }

  shared(hash: string): Workflow | null {
    const found = this.#db.get<{ body: string }>('SELECT body FROM shared WHERE hash = ?', hash)
    return found ? (JSON.parse(found.body) as Workflow) : null
  }

  #revOf(id: string): number {
    return (
      this.#db.get<{ rev: number | null }>('SELECT max(rev) AS rev FROM workflow WHERE id = ?', id)?.rev ?? 0
    )
  }

  #count(): number {
    return this.#db.get<{ n: number }>('SELECT count(DISTINCT id) AS n FROM workflow')?.n ?? 0
  }
}
