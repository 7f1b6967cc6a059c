/** The command line: finds the command, runs it, and turns what goes wrong into a sentence and an exit code. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { suggest } from '#workflows/nearest.ts'
import { ConfigError, projectDir } from '../config.ts'
import { CliError, complain, print, UsageError, type Command } from './command.ts'

type Loader = () => Promise<{ readonly default: Command }>

const commands: ReadonlyMap<string, Loader> = new Map<string, Loader>([
  ['serve', () => import('./serve.ts')],
  ['run', () => import('./run.ts')],
  ['validate', () => import('./validate.ts')],
  ['nodes', () => import('./nodes.ts')],
  ['models', () => import('./models.ts')],
  ['parity', () => import('./parity.ts')],
])

/** @returns the exit code: 0 done, 1 could not be done, 2 not understood. */
export async function main(words: readonly string[]): Promise<number> {
  const [name, ...rest] = words
  try {
    if (name === undefined || name === '--help' || name === '-h' || name === 'help') return await overview()
    if (name === '--version' || name === '-v') return await version()
    const command = await load(name)
    if (rest.includes('--help') || rest.includes('-h')) return show(command.usage)
    return await command.run(rest)
  } catch (error) {
    return explain(error, name)
  }
}

async function load(name: string): Promise<Command> {
  const loader = commands.get(name)
  if (!loader) throw new UsageError(`There is no command '${name}'${suggest(name, [...commands.keys()])}`)
  return (await loader()).default
}

async function overview(): Promise<number> {
  const lines = await Promise.all(
    [...commands].map(async ([name, loader]) => `  ${name.padEnd(10)} ${(await loader()).default.summary}`),
  )
  return show(
    [
      'Usage: groundwork <command> [options]',
      '',
      ...lines,
      '',
      "'groundwork <command> --help' tells more of one.",
    ].join('\n'),
  )
}

async function version(): Promise<number> {
  const manifest: unknown = JSON.parse(await readFile(join(projectDir, 'package.json'), 'utf8'))
  return show((manifest as { version: string }).version)
}

function show(text: string): number {
  print(text)
  return 0
}

/** Stacks are for those who look for them: `GROUNDWORK_LOG=debug`. */
function explain(error: unknown, name: string | undefined): number {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof UsageError || error instanceof ConfigError) {
    const hint = name !== undefined && commands.has(name) ? `groundwork ${name} --help` : 'groundwork --help'
    complain(`${message}\nSee '${hint}'`)
    return 2
  }
  complain(message)
  if (!(error instanceof CliError) && process.env['GROUNDWORK_LOG'] === 'debug') console.error(error)
  return 1
}
