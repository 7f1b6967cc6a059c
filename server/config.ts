/** Where things lie and how the server is started: flags turned into one typed, checked object. */
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { reachOf, tokenVariable, type Reach, type ReachWishes } from './access/reach.ts'
import { ConfigError } from './config-error.ts'
import type { RunnerOptions } from './runner/messages.ts'

export interface ServerConfig {
  /** 0 takes any free port. */
  readonly port: number
  readonly reach: Reach
  /** Folder of the built editor. */
  readonly clientDir: string
  readonly examplesDir: string
  readonly runner: RunnerOptions
}

/** What a person may say on the command line; nothing said means the default. */
export interface Flags {
  readonly data?: string | undefined
  readonly models?: readonly string[] | undefined
  readonly device?: string | undefined
}

export interface ServeFlags extends Flags, ReachWishes {
  readonly port?: string | undefined
  readonly memory?: string | undefined
}

/** The version in package.json. */
export async function ownVersion(): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(projectDir, 'package.json'), 'utf8'))
  return (manifest as { version: string }).version
}

export const projectDir = fileURLToPath(new URL('..', import.meta.url))
export const defaultPort = 8199

const inProject = (...path: string[]): string => resolve(projectDir, ...path)

/**
 * @param environment the variables it was started with
 * @throws ConfigError when the port or the memory is none, or strangers could come in.
 */
export function serverConfig(flags: ServeFlags, environment: NodeJS.ProcessEnv): ServerConfig {
  return {
    port: portOf(flags.port ?? String(defaultPort)),
    reach: reachOf(flags, environment[tokenVariable]),
    clientDir: inProject('client', 'dist'),
    examplesDir: inProject('workflows', 'examples'),
    runner: {
      ...runnerOptions(flags),
      ...(flags.memory !== undefined && { memoryBytes: bytesOf(flags.memory) }),
    },
  }
}

/** Folders that a person names are relative to where they stand; the defaults lie in the project. */
export function runnerOptions({ data, models, device }: Flags): RunnerOptions {
  return {
    dataDir: data === undefined ? inProject('data') : resolve(data),
    modelDirs: models?.map((dir) => resolve(dir)) ?? [inProject('models')],
    device: device ?? 'auto',
    nodesDir: inProject('nodes'),
  }
}

function bytesOf(gib: string): number {
  if (/^\d+(\.\d+)?$/.test(gib) && Number(gib) > 0) return Number(gib) * 2 ** 30
  throw new ConfigError(`Cannot allow '${gib}' of memory: it must be a number of GiB, such as 8 or 1.5`)
}

function portOf(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new ConfigError(`Cannot listen on port '${text}': it must be a whole number from 0 to 65535`)
}
