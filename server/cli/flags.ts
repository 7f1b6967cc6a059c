/** Reads the words after a command's name. */
import { parseArgs, type ParseArgsConfig } from 'node:util'
import { UsageError } from './command.ts'

type Options = NonNullable<ParseArgsConfig['options']>

/** Flags that several commands share. */
export const machineFlags = {
  data: { type: 'string' },
  models: { type: 'string', multiple: true },
  device: { type: 'string' },
} as const satisfies Options

export const jsonFlag = { json: { type: 'boolean', default: false } } as const satisfies Options

/**
 * Flags, and what stands between them.
 *
 * @throws UsageError for an unknown flag or one without its value.
 */
export function readWords<const T extends Options>(words: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

/** The one word that a command needs. */
export function onlyWord(positionals: readonly string[], what: string): string {
  const [word, ...others] = positionals
  if (word === undefined) throw new UsageError(`Name ${what}`)
  if (others.length > 0) throw new UsageError(`Name only ${what}, '${others[0]}' is one word too many`)
  return word
}

export function noWord(positionals: readonly string[]): void {
  if (positionals.length > 0) throw new UsageError(`'${positionals[0]}' is one word too many`)
}
