/** The progress of a run on a terminal: one line on stderr that is written over and wiped at the end. */
import type { EngineEvent } from '#workflows/protocol.ts'

const width = 30

export interface Progress {
  show(event: EngineEvent): void
  clear(): void
}

/** Silent when `stream` is no terminal, so that logs and pipes stay clean. */
export function progressOn(stream: NodeJS.WriteStream): Progress {
  if (!stream.isTTY) return { show: () => undefined, clear: () => undefined }
  const write = (text: string) => stream.write(`\r\u001b[2K${text}`)
  let bar = ''
  return {
    show(event) {
      if (event.kind === 'step') bar = barOf(event.index + 1, event.total)
      else if (event.kind === 'node-started') write(bar ? `${bar}  ${event.node}` : event.node)
    },
    clear: () => write(''),
  }
}

function barOf(done: number, total: number): string {
  const filled = Math.round((width * done) / Math.max(total, 1))
  return `${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${done}/${total}`
}
