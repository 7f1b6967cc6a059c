/** Every bound of the server has a test: one that nobody wrote a test for fails here, and does not compile. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { limits } from '#server/limits.ts'

/** Where each is counted out, below `test/`: a file, and what stands in the title of the test. */
const stories: Readonly<Record<keyof typeof limits, readonly [file: string, title: string]>> = {
  jsonBytes: ['server/json', 'reads as many bytes as the limit'],
  jsonKeys: ['server/json', 'reads as many keys as the limit'],
  jsonDepth: ['server/json', 'reads nesting up to the limit'],
  tokenLength: ['server/access', 'on %s with --token %s'],
  sessions: ['server/access', 'at most: of one more the oldest ends'],
  sessionMs: ['server/access', 'end after a week'],
  signInsPerMinute: ['server/access', 'bounds the guesses'],
  requestsPerMinute: ['server/flooding', 'are as many as the limit says'],
  connections: ['server/flooding', 'that is one too many is ended at once'],
  connectionsPerAddress: ['server/flooding', 'are let in at the limit'],
  headersMs: ['server/flooding', 'that sends its headers too slowly is ended'],
  requestMs: ['server/flooding', 'that sends its body too slowly is ended'],
  silentMs: ['server/flooding', 'that says nothing is ended'],
  slownessCheckMs: ['server/flooding', 'that sends its headers too slowly is ended'],
  socketBytes: ['server/sockets', 'and %i bytes, closes the socket beyond it'],
  socketMessagesPerMinute: ['server/bounds', 'are answered up to the limit of messages'],
  socketBytesPerMinute: ['server/guarded-parser', 'are parsed up to the limit of bytes'],
  unsentBytes: ['server/bounds', 'that ask and do not listen are closed'],
  sockets: ['server/bounds', 'are let in up to the limit'],
  silentSocketMs: ['server/bounds', 'may be silent as long as the limit says'],
  watchesPerSocket: ['server/bounds', 'watch no more jobs than the limit'],
  pictureBytes: ['server/import-picture', 'takes as many bytes as the limit'],
  picturePixels: ['server/import-picture', 'takes the most pixels that are allowed'],
  pictureSide: ['server/import-picture', 'takes the longest side that is allowed'],
  pictureMs: ['server/picture-decoder', 'let it decode for as long as the limit says'],
  waitingPictures: ['server/picture-decoder', 'lets pictures wait up to the limit'],
  idleDecoderMs: ['server/picture-decoder', 'let it idle for as long as the limit says'],
  shownPicturesBytes: ['server/picture-store', 'with room for two shown pictures'],
  pngChunks: ['server/png-text', 'is not looked for beyond 64 chunks'],
  pngTextBytes: ['server/png-text', 'is read up to the limit, and refused when it is larger'],
  pngBytes: ['server/bounds', 'is read up to the limit only'],
  queuedJobs: ['server/job-queue.contract', 'is refused while too many wait'],
  queuedJobsPerVisitor: ['server/job-desk', 'says so to a visitor with too many waiting jobs'],
  startsPerJob: ['server/job-queue.contract', 'what was started twice is parked'],
  endedJobs: ['server/retention', 'keeps so many ended jobs'],
  endedJobsMs: ['server/retention', 'keeps an ended job for so long'],
  keptEvents: ['server/retention', 'keeps so many events'],
  jobsPerPage: ['server/http', 'is one of a page of at most the limit'],
  unstoredEvents: ['server/dispatcher', 'fails beyond the limit'],
  storeEveryMs: ['server/sqlite-queue', 'are stored together when the moment is over'],
  storeRetryMs: ['server/sqlite-queue', 'is tried again after the pause'],
  previewedJobs: ['server/job-watchers', 'are kept of so many jobs'],
  previewedNodes: ['server/job-watchers', 'are kept of so many nodes'],
  queueEventMs: ['server/queue-teller', 'are told when the moment is over'],
  stopGraceMs: ['server/job-desk', 'lets the running job end within the grace'],
  cancelGraceMs: ['server/runner', 'kills its runner after the grace'],
  spareAfterMs: ['server/runner', 'killed in the middle of a job has another standing by'],
  storedWorkflows: ['server/workflow-library', 'keeps so many revisions, and so many workflows'],
  workflowRevisions: ['server/workflow-library', 'keeps so many revisions, and so many workflows'],
  sharedWorkflows: ['server/workflow-library', 'goes when newer ones take its room'],
  keptStepsJobs: ['server/step-store', 'is made by removing the oldest'],
  keptStepsBytes: ['server/step-store', 'of all jobs, for two'],
  keptStepsBytesPerJob: ['server/step-store', 'of one job, for two steps'],
  waitingDrawings: ['server/drawings', 'may wait up to the limit'],
  drawingMs: ['server/drawings', 'are waited for as long as the limit says'],
  previewSide: ['server/encode-preview', 'has a side of at most the limit'],
  nodeMs: ['server/call-clock', 'may run for as long as the limit says'],
  runnerMemoryBytes: ['server/runner-bounds', 'over the bound fails the job'],
  memoryCheckMs: ['server/runner-bounds', 'over the bound fails the job'],
  runnerHeapMiB: ['server/exec-argv', 'is told how large its heap may grow'],
  loadedModels: ['server/recently-used', 'is kept up to the limit of loaded models'],
  cacheBytes: ['engine/cache', 'C5 the cache holds as many bytes as it may'],
}

function sourceOf(file: string): string {
  const name = file.endsWith('contract') ? `${file}.ts` : `${file}.test.ts`
  return readFileSync(new URL(`../${name}`, import.meta.url), 'utf8')
}

describe('a bound of the server', () => {
  it.each(Object.keys(limits) as (keyof typeof limits)[])('%s is counted out by a test', (name) => {
    const [file, title] = stories[name]
    const titles = sourceOf(file).match(/(?<=['"`])[^'"`\n]+(?=['"`],)/g) ?? []
    expect(titles.filter((found) => found.includes(title))).not.toEqual([])
  })

  it('that is gone has no story left', () => {
    expect(Object.keys(stories).sort()).toEqual(Object.keys(limits).sort())
  })
})
