/** The command line: finds the command, runs it, and turns what goes wrong into a sentence and an exit code. */
import { suggest } from '#workflows/nearest.ts'
import { ConfigError } from '../config-error.ts'
import { ownVersion } from '../config.ts'
import { CliError, complain, print, printJson, UsageError, type Command } from './command.ts'

interface Entry {
  /** One line for the overview. */
  readonly summary: string
  /** Loaded only when it is called, so that help comes at once. */
  load(): Promise<{ readonly default: Command }>
}

const commands: ReadonlyMap<string, Entry> = new Map<string, Entry>([
  ['serve', { summary: 'Serve the editor on this machine', load: () => import('./serve.ts') }],
  ['run', { summary: 'Run a workflow file and write its pictures', load: () => import('./run.ts') }],
  [
    'validate',
    { summary: 'Say everything that is wrong with a workflow file', load: () => import('./validate.ts') },
  ],
  ['nodes', { summary: 'List the nodes that a workflow can be made of', load: () => import('./nodes.ts') }],
  ['models', { summary: 'List the models on this machine', load: () => import('./models.ts') }],
  [
    'eval',
    {
      summary: "Measure whether a model's pictures obey what they are grounded by",
      load: () => import('./eval.ts'),
    },
  ],
  ['examples', { summary: 'Run every example and draw what it shows', load: () => import('./examples.ts') }],
  [
    'parity',
    {
      summary: 'Compare the networks of a model with recorded PyTorch outputs',
      load: () => import('./parity.ts'),
    },
  ],
])

/** @returns the exit code: 0 done, 1 could not be done, 2 not understood. */
export async function main(words: readonly string[]): Promise<number> {
  const [name, ...rest] = words
  try {
    if (name === undefined || name === '--help' || name === '-h' || name === 'help') return show(overview())
    if (name === '--version' || name === '-v') return show(await ownVersion())
    const command = await load(name)
    if (rest.includes('--help') || rest.includes('-h')) return show(command.usage)
    return await command.run(rest)
  } catch (error) {
    return explain(error, name, rest.includes('--json'))
  }
}

async function load(name: string): Promise<Command> {
  const entry = commands.get(name)
  if (!entry) throw new UsageError(`There is no command '${name}'${suggest(name, [...commands.keys()])}`)
  return (await entry.load()).default
}

function overview(): string {
  const lines = [...commands].map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`)
  const more = "'groundwork <command> --help' tells more of one, 'groundwork --version' the version"
  return ['Usage: groundwork <command> [options]', '', ...lines, '', more].join('\n')
}

function show(text: string): number {
  print(text)
  return 0
}

/** Stacks are for those who look for them: `GROUNDWORK_LOG=debug`. */
function explain(error: unknown, name: string | undefined, asJson: boolean): number {
  const message = error instanceof Error ? error.message : String(error)
  const isMisunderstood = error instanceof UsageError || error instanceof ConfigError
  const help = name !== undefined && commands.has(name) ? `groundwork ${name} --help` : 'groundwork --help'
  complain(isMisunderstood ? `${message}\nSee '${help}'` : message)
  if (asJson) printJson({ ok: false, error: message })
  if (isMisunderstood) return 2
  if (!(error instanceof CliError) && process.env['GROUNDWORK_LOG'] === 'debug') console.error(error)
  return 1
}
