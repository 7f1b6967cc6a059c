/** How a child process is started so that it can read TypeScript, from whichever folder. */
import { limits } from '../limits.ts'

/** Flags for node: tsx as loader, no `__proto__` to reach a prototype through, and a bound on its heap. */
export function childExecArgv(): string[] {
  return [
    '--import',
    import.meta.resolve('tsx'),
    '--disable-proto=delete',
    `--max-old-space-size=${limits.runnerHeapMiB}`,
  ]
}
