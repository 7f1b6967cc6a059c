import { describe, expect, it } from 'vitest'
import { limits } from '#server/limits.ts'
import { childExecArgv } from '#server/runner/exec-argv.ts'

describe('a child process', () => {
  // What V8 does at this bound is its own affair, and takes gigabytes to see: here it is only told.
  it('is told how large its heap may grow, and has no __proto__', () => {
    expect(childExecArgv()).toEqual(
      expect.arrayContaining([`--max-old-space-size=${limits.runnerHeapMiB}`, '--disable-proto=delete']),
    )
  })
})
