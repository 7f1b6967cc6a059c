/** The server's log: one JSON line per notable change, on stderr. Prompts and pictures are never logged. */
import { pino } from 'pino'

/** Quiet unless `GROUNDWORK_LOG` names a level (trace, debug, info, warn, error, silent). */
export const log = pino({ level: logLevel(process.env['GROUNDWORK_LOG']) }, pino.destination(2))

function logLevel(wish: string | undefined): string {
  return wish !== undefined && (wish === 'silent' || wish in pino.levels.values) ? wish : 'warn'
}
