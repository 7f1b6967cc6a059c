/** How a child process is started so that it can read TypeScript, from whichever folder. */

/** Flags for node: tsx as loader, and no `__proto__` to reach a prototype through. */
export function childExecArgv(): string[] {
  return ['--import', import.meta.resolve('tsx'), '--disable-proto=delete']
}
