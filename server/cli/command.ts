/** What a command of the command line is, and how it fails. */

export interface Command {
  /** What `groundwork <name> --help` prints. */
  readonly usage: string
  /**
   * @returns the exit code: 0 when it did what was asked, 1 when it could not.
   * @throws UsageError for words it does not understand, CliError for what a person can put right.
   */
  run(words: readonly string[]): Promise<number>
}

/** The words of the command line make no sense: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The command cannot do what was asked: exit code 1. */
export class CliError extends Error {
  override readonly name = 'CliError'
}

/** Writes one line to stdout. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** Writes the one JSON document that `--json` promises. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2))
}

/** Writes one line to stderr. */
export function complain(line: string): void {
  process.stderr.write(`${line}\n`)
}
