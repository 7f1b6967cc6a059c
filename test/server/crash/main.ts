/**
 * `npm run crash-test -- [--rounds N] [--seed N] [--runner]`: kills a real server (or with --runner its runner) at random
 * moments, and prints what it lost. Ends with 1 when it lost anything.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { killRunner } from './kill-runner.ts'
import { killServer } from './kill-server.ts'

const { values } = parseArgs({
  options: { rounds: { type: 'string' }, seed: { type: 'string' }, runner: { type: 'boolean' } },
})
const seed = Number(values.seed ?? Date.now() % 2 ** 32)
const rounds = Number(values.rounds ?? (values.runner ? 12 : 200))
const dir = await mkdtemp(join(tmpdir(), 'groundwork-crash-'))
const say = (line: string) => console.error(line)
say(`seed ${seed}, ${rounds} rounds, in ${dir}`)

let isStopped = false
process.once('SIGINT', () => {
  say('ending after this round; once more to end now')
  isStopped = true
})

const isGood = values.runner ? await testRunner() : await testServer()
await rm(dir, { recursive: true, force: true })
process.exitCode = isGood ? 0 : 1

async function testServer(): Promise<boolean> {
  const report = await killServer(dir, { rounds, seed, say, isStopped: () => isStopped })
  console.log(`server killed                    ${report.rounds} times (seed ${report.seed})
jobs acknowledged                ${report.acknowledged}
acknowledged jobs lost           ${report.lost}
keys that became another job     ${report.doubled}
finished jobs run again          ${report.ranAgain}
extra starts                     ${report.extraStarts}, ${report.extraStartsPerKill.toFixed(2)} per kill
parked after two kills           ${report.parked}
integrity_check                  ${report.integrity}
from spawn to the first answer   ${Math.round(report.readyMs)} ms (median)`)
  const isWhole = report.lost === 0 && report.doubled === 0 && report.ranAgain === 0
  return isWhole && report.extraStartsPerKill <= 1 && report.integrity === 'ok'
}

async function testRunner(): Promise<boolean> {
  const report = await killRunner(dir, { rounds, seed, say })
  console.log(`rounds                           ${report.rounds} (seed ${report.seed})
killed once: ran again, finished ${report.finished}
killed twice: failed (crashed)   ${report.parked}
next jobs that finished          ${report.next}
running again, with a spare      ${Math.round(report.againMs)} ms (median)
next job done, without a spare   ${Math.round(report.againWithoutSpareMs)} ms (median)`)
  const settled = report.finished + report.parked === report.rounds
  return settled && report.next === report.rounds && report.againMs <= 1_000
}
