/** The tables, as numbered steps from an empty file to today's. A step that was released is never changed. */
import type { Database } from './database.ts'

const migrations: readonly (readonly string[])[] = [
  [
    `CREATE TABLE job (
      ord INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL UNIQUE,
      key TEXT UNIQUE,
      name TEXT NOT NULL,
      nodes INTEGER NOT NULL,
      priority INTEGER NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'finished', 'failed', 'cancelled')),
      starts INTEGER NOT NULL DEFAULT 0,
      cancelling INTEGER NOT NULL DEFAULT 0,
      seq INTEGER NOT NULL DEFAULT 0,
      created INTEGER NOT NULL,
      started INTEGER,
      ended INTEGER,
      ms REAL,
      message TEXT,
      pictures TEXT NOT NULL DEFAULT '[]'
    ) STRICT`,
    `CREATE INDEX job_waiting ON job (priority DESC, ord) WHERE state = 'queued'`,
    `CREATE INDEX job_state ON job (state, ord)`,
    // Apart from the job: a request can be large, and the history is read without it.
    `CREATE TABLE request (
      job INTEGER PRIMARY KEY REFERENCES job (ord) ON DELETE CASCADE,
      body TEXT NOT NULL
    ) STRICT`,
    `CREATE TABLE event (
      job INTEGER NOT NULL REFERENCES job (ord) ON DELETE CASCADE,
      seq INTEGER NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (job, seq)
    ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT`,
    `CREATE TABLE timing (type TEXT PRIMARY KEY, ms REAL NOT NULL) STRICT`,
    `CREATE TABLE workflow (
      id TEXT NOT NULL,
      rev INTEGER NOT NULL,
      name TEXT NOT NULL,
      saved INTEGER NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (id, rev)
    ) STRICT`,
    `CREATE TABLE shared (
      ord INTEGER PRIMARY KEY AUTOINCREMENT,
      hash TEXT NOT NULL UNIQUE,
      body TEXT NOT NULL
    ) STRICT`,
  ],
  // Null where the job failed before there was the column.
  ['ALTER TABLE job ADD COLUMN failure TEXT'],
]

/**
 * Brings the tables up to date, each step in a transaction of its own.
 *
 * @throws Error when a newer Groundwork wrote the file: going back could lose what it wrote.
 */
export function migrate(database: Database): void {
  const found = database.get<{ user_version: number }>('PRAGMA user_version')?.user_version ?? 0
  if (found > migrations.length)
    throw new Error(
      `Cannot open the store: a newer Groundwork wrote it (version ${found}, known are ${migrations.length}), use that one or another --data`,
    )
  for (const [index, steps] of migrations.entries()) {
    if (index < found) continue
    database.transaction(() => {
      for (const sql of steps) database.run(sql)
      database.run(`PRAGMA user_version = ${index + 1}`)
    })
  }
}
