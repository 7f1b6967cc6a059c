/** The server's log: one JSON line per notable change, on stderr. Prompts, pictures and tokens are never logged. */
import { pino } from 'pino'

/** What would give something away, wherever somebody should log it by mistake. */
const secrets = ['token', 'authorization', 'cookie', 'secret', 'workflow', 'text', 'phrase', 'body']

/** Quiet unless `GROUNDWORK_LOG` names a level (trace, debug, info, warn, error, silent). */
export const log = pino(
  {
    level: logLevel(process.env['GROUNDWORK_LOG']),
    redact: secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
  },
  pino.destination(2),
)

function logLevel(wish: string | undefined): string {
  return wish !== undefined && (wish === 'silent' || wish in pino.levels.values) ? wish : 'warn'
}
