/** One seed for all property tests of a run, printed, so that the run can be repeated. */
export default function setup(): void {
  const seed = (process.env['GROUNDWORK_FUZZ_SEED'] ??= String(Date.now() % 2 ** 31))
  console.log(`Property tests begin with seed ${seed}: GROUNDWORK_FUZZ_SEED=${seed} repeats them`)
}
