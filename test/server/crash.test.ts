import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { killServer } from './crash/kill-server.ts'

// The short form of `npm run crash-test`, which kills 200 times.
it('a server killed again and again loses no job and runs none twice', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'groundwork-crash-'))
  const seed = Date.now() % 2 ** 32
  const report = await killServer(dir, { rounds: 3, seed, say: () => undefined })
  const sound = { lost: 0, doubled: 0, ranAgain: 0, integrity: 'ok' }
  expect(report, `with the seed ${seed}`).toMatchObject(sound)
  expect(report.acknowledged).toBeGreaterThanOrEqual(8)
  expect(report.extraStartsPerKill).toBeLessThanOrEqual(1)
  await rm(dir, { recursive: true })
}, 300_000)
