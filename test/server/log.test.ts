import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { childExecArgv } from '#server/runner/exec-argv.ts'

const talk = fileURLToPath(new URL('./helpers/talk.ts', import.meta.url))

/** What a server wrote, at the most talkative level, and what it answered, while it was told secrets. */
async function listen(): Promise<{ readonly logged: string; readonly answered: string }> {
  const child = spawn(process.execPath, [...childExecArgv(), talk], {
    env: { ...process.env, GROUNDWORK_LOG: 'trace' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [logged, answered] = ['', '']
  child.stderr.setEncoding('utf8').on('data', (text: string) => (logged += text))
  child.stdout.setEncoding('utf8').on('data', (text: string) => (answered += text))
  await new Promise((resolve) => child.once('close', resolve))
  return { logged, answered }
}

let logged: string
let answered: string

beforeAll(async () => {
  ;({ logged, answered } = await listen())
})

describe('the log at its most talkative', () => {
  it('tells what happened', () => {
    expect(logged).toContain('job queued')
    expect(logged).toContain('request failed')
    expect(answered).toContain('all was said')
  })

  it('holds neither token, nor cookie, nor prompt', () => {
    expect(logged).not.toContain('canary')
  })

  it('holds the stack of an unexpected error, which no answer does', () => {
    expect(logged).toMatch(/a fault deep inside.*at .*talk\.ts/)
    expect(answered).toContain('the server met an unexpected error, see its log')
    expect(answered).not.toMatch(/a fault deep inside|talk\.ts|node_modules/)
  })

  it('hides what should be logged by mistake', () => {
    expect(logged).toContain('"by mistake"')
    expect(logged).toContain('[Redacted]')
  })
})
