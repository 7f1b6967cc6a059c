/** The embedded store: one SQLite file, one connection, one process. The only file that knows the driver. */
import Driver from 'better-sqlite3'

export type Value = string | number | null
type Row = Readonly<Record<string, Value>>

export interface Database {
  /** @returns how many rows it changed. */
  run(sql: string, ...values: readonly Value[]): number
  get<Found extends Row>(sql: string, ...values: readonly Value[]): Found | undefined
  all<Found extends Row>(sql: string, ...values: readonly Value[]): Found[]
  /** All of it or nothing; what it returns is on the disk. */
  transaction<Result>(work: () => Result): Result
  close(): void
}

/** The disk is full. Nothing was written, and what is stored can still be read. */
export class StoreFullError extends Error {
  override readonly name = 'StoreFullError'
}

/** Another process holds the file. */
export class StoreBusyError extends Error {
  override readonly name = 'StoreBusyError'
}

export interface DatabaseOptions {
  /** How long to wait for another process that holds the file. */
  readonly busyMs?: number
  /** Refuses to grow beyond this many pages, as on a full disk. */
  readonly maxPages?: number
}

/**
 * Opens a file, or makes it.
 *
 * WAL with `synchronous = FULL`: a committed transaction outlives the process, and the machine too.
 */
export function openDatabase(path: string, { busyMs = 5_000, maxPages }: DatabaseOptions = {}): Database {
  const driver = new Driver(path, { timeout: busyMs })
  driver.pragma('journal_mode = WAL')
  driver.pragma('synchronous = FULL')
  driver.pragma('foreign_keys = ON')
  driver.pragma('trusted_schema = OFF')
  if (maxPages !== undefined) driver.pragma(`max_page_count = ${maxPages}`)
  const statements = new Map<string, Driver.Statement>()

  function prepared(sql: string): Driver.Statement {
    const known = statements.get(sql)
    if (known) return known
    const statement = driver.prepare(sql)
    statements.set(sql, statement)
    return statement
  }

  return {
    run: (sql, ...values) => named(() => prepared(sql).run(...values).changes),
    get: <Found extends Row>(sql: string, ...values: readonly Value[]) =>
      named(() => prepared(sql).get(...values) as Found | undefined),
    all: <Found extends Row>(sql: string, ...values: readonly Value[]) =>
      named(() => prepared(sql).all(...values) as Found[]),
    transaction: (work) => named(() => driver.transaction(work).immediate()),
    close: () => driver.close(),
  }
}

/**
 * Holds a file for this process alone until it is closed. The operating system lets go of it when the process ends, however
 * it ends, so that nothing stale can be left.
 *
 * @throws StoreBusyError when another process holds it.
 */
export function holdFile(path: string): { release(): void } {
  const driver = new Driver(path, { timeout: 0 })
  try {
    named(() => driver.exec('BEGIN EXCLUSIVE'))
  } catch (error) {
    driver.close()
    throw error
  }
  return { release: () => driver.close() }
}

/** What a write says when there is no room: SQLITE_FULL, or an error of the log's own files. */
const fullCodes = ['SQLITE_FULL', 'SQLITE_IOERR_WRITE', 'SQLITE_IOERR_SHMSIZE', 'SQLITE_IOERR_FSYNC']

/** Gives the driver's errors our names. */
function named<Result>(action: () => Result): Result {
  try {
    return action()
  } catch (error) {
    const code = error instanceof Driver.SqliteError ? error.code : ''
    if (fullCodes.includes(code))
      throw new StoreFullError('Cannot write to the store: the disk is full, make room and try again', {
        cause: error,
      })
    if (code.startsWith('SQLITE_BUSY')) throw new StoreBusyError('The store is busy', { cause: error })
    throw error
  }
}
