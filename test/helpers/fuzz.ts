/** How many cases a property test tries, and with which seed. More on request; never fewer than a test asks for. */
import fc from 'fast-check'

const usual = 200
const wish = Number(process.env['GROUNDWORK_FUZZ_RUNS'] ?? usual)
const seed = Number(process.env['GROUNDWORK_FUZZ_SEED'])

fc.configureGlobal({
  numRuns: Number.isSafeInteger(wish) && wish > 0 ? wish : usual,
  ...(Number.isSafeInteger(seed) && { seed }),
})
