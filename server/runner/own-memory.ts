/** How much memory a process takes, as the system sees it: what native code allocates counts too. */
import { readFile } from 'node:fs/promises'

/**
 * Bytes that the process has for itself. Weights that it only maps from a file are left out: the system takes those back
 * when it needs room.
 *
 * @returns null where the system does not say (it has no `/proc`), and when the process is gone
 */
export async function ownMemory(pid: number): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const [, kiB] = /^RssAnon:\s+(\d+) kB$/m.exec(status) ?? []
  return kiB === undefined ? null : Number(kiB) * 1024
}
