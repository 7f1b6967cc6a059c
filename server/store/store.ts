/** The data folder as a whole: held by one server at a time, with its database open and up to date. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { holdFile, openDatabase, StoreBusyError, type Database, type DatabaseOptions } from './database.ts'
import { migrate } from './migrations.ts'

export interface Store {
  readonly database: Database
  close(): void
}

/** Another server uses the data folder. */
export class FolderTakenError extends Error {
  override readonly name = 'FolderTakenError'
}

/** @throws FolderTakenError */
export async function openStore(dataDir: string, options: DatabaseOptions = {}): Promise<Store> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const lock = hold(dataDir)
  try {
    const database = openDatabase(join(dataDir, 'groundwork.db'), options)
    migrate(database)
    return {
      database,
      close() {
        database.close()
        lock.release()
      },
    }
  } catch (error) {
    lock.release()
    throw error
  }
}

/** A file of its own: programs that only look at the database are not in the way. */
function hold(dataDir: string): { release(): void } {
  try {
    return holdFile(join(dataDir, 'lock.db'))
  } catch (error) {
    if (!(error instanceof StoreBusyError)) throw error
    throw new FolderTakenError(
      `Cannot use the data folder ${dataDir}: another Groundwork does; end it or choose a folder with --data`,
    )
  }
}
