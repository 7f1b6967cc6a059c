/** Where a server can be reached, and what whoever reaches it must show. */
import { randomBytes } from 'node:crypto'
import { isIP } from 'node:net'
import { ConfigError } from '../config-error.ts'
import { limits } from '../limits.ts'

export interface Reach {
  /** The address it listens on; without one that is this machine's own loopback, nobody else can reach it. */
  readonly address: string
  /** Names by which people call it beside its addresses, such as that of a proxy: `studio.example`, with a port where it is not ours. */
  readonly names: readonly string[]
  /** What a visitor must show; null where every program of this machine is trusted. */
  readonly token: string | null
}

/** What a person says about it. */
export interface ReachWishes {
  readonly host?: string | undefined
  readonly 'allow-host'?: readonly string[] | undefined
  /** Whether a token is asked for, although nobody but this machine can reach it. */
  readonly token?: boolean | undefined
}

/** The variable that holds a token of one's own. Not a flag: everybody on a machine can read the flags of a program. */
export const tokenVariable = 'GROUNDWORK_TOKEN'

export const onlyThisMachine: Reach = { address: '127.0.0.1', names: [], token: null }

/** @throws ConfigError when the wishes cannot be met, or would let strangers in. */
export function reachOf(wishes: ReachWishes, ownToken: string | undefined): Reach {
  const names = (wishes['allow-host'] ?? []).map((name) => name.toLowerCase())
  const token = ownToken !== undefined && ownToken !== '' ? ownToken : wishes.token ? randomToken() : null
  const reach = { address: addressOf(wishes.host ?? onlyThisMachine.address), names, token }
  checkReach(reach)
  return reach
}

/**
 * The rule that keeps strangers out: what others can reach asks for a token. Whoever gives it another name, such as that of a
 * proxy, means others to reach it.
 *
 * @throws ConfigError
 */
export function checkReach({ address, names, token }: Reach): void {
  if (!isLoopback(address) && token === null)
    throw new ConfigError(
      `Cannot listen on ${address}: others could reach it and run what they like, add --token, which asks everybody for one`,
    )
  const odd = names.find((name) => !hostPattern.test(name))
  if (odd !== undefined)
    throw new ConfigError(
      `Cannot allow the host '${odd}': write a name, such as studio.example, or a name with a port`,
    )
  if (names.length > 0 && token === null)
    throw new ConfigError(
      `Cannot allow the host '${names[0]}': who comes by that name could run what they like, add --token, which asks everybody for one`,
    )
  if (token !== null && token.length < limits.tokenLength)
    throw new ConfigError(
      `Cannot use the token in ${tokenVariable}: it has ${token.length} characters, it needs at least ${limits.tokenLength}`,
    )
}

/** A name or an address, in brackets where it is of version 6, and perhaps a port. */
const hostPattern = /^([a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9_])?|\[[0-9a-f:.]+\])(:\d{1,5})?$/

function addressOf(host: string): string {
  if (host === 'localhost') return onlyThisMachine.address
  if (isIP(host) !== 0) return host
  throw new ConfigError(
    `Cannot listen on '${host}': write an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them`,
  )
}

export function isLoopback(address: string): boolean {
  return address === '::1' || (isIP(address) === 4 && address.startsWith('127.'))
}

function randomToken(): string {
  return randomBytes(24).toString('base64url')
}
