/** Every bound that protects the server, in one place. What is over a bound is refused with a sentence that names it. */
import { totalmem } from 'node:os'

const KiB = 1024
const MiB = 1024 * KiB
const day = 24 * 60 * 60 * 1000

export const limits = {
  /** A workflow as JSON: in a request, in a file. */
  jsonBytes: 1 * MiB,
  /** Keys of all its objects: 4,000 nodes with all their links and values have some 60,000. */
  jsonKeys: 65_536,
  /** Arrays and objects inside one another. */
  jsonDepth: 32,

  /** Characters of a token that somebody chose. */
  tokenLength: 16,
  /** Browsers signed in at the same time; of more, the oldest must sign in again. */
  sessions: 100,
  /** How long a browser stays signed in. */
  sessionMs: 7 * 24 * 3600 * 1000,
  /** Tries to sign in from one address, a minute. */
  signInsPerMinute: 10,
  /** Requests of one visitor, or from one address that is nobody's, a minute. */
  requestsPerMinute: 3_000,
  /** Connections at the same time, in all and from one address other than this machine's own. */
  connections: 512,
  connectionsPerAddress: 64,
  /** How long a request may take to send its headers, and all of itself. */
  headersMs: 10_000,
  requestMs: 60_000,
  /** How long a connection may be silent. */
  silentMs: 120_000,
  /** How often connections that are too slow are looked for. */
  slownessCheckMs: 2_000,

  /** One message of a socket. */
  socketBytes: 2 * MiB,
  /** Messages of one socket a minute, and at once. */
  socketMessagesPerMinute: 3_000,
  /** Bytes of the messages of one socket a minute, and at once. */
  socketBytesPerMinute: 64 * MiB,
  /** Answers that a socket has not taken yet, in bytes; one that asks for more is closed. */
  unsentBytes: 32 * MiB,
  /** Editors connected at the same time. */
  sockets: 64,
  /**
   * How long an editor may leave a ping without an answer. The library's 20 s closed healthy ones: a page or a machine that
   * stands still for that long, under load or in a pause, comes back.
   */
  silentSocketMs: 60_000,
  /** Jobs that one socket may watch at the same time. */
  watchesPerSocket: 100,

  /** An uploaded picture as a file. */
  pictureBytes: 20 * MiB,
  picturePixels: 4096 * 4096,
  /** A row costs time of its own: a picture one pixel wide and millions high would take minutes. */
  pictureSide: 16_384,
  /** How long the decoding of a picture may take before its process is killed. */
  pictureMs: 20_000,
  /** Pictures that wait to be decoded. */
  waitingPictures: 8,
  /** How long the process that decodes pictures is idle before it is ended. */
  idleDecoderMs: 60_000,
  /** Pictures that were only shown, not saved: the oldest go when a new one has no room. */
  shownPicturesBytes: 512 * MiB,

  /** Chunks of a PNG other than its pixels, when a workflow is looked for in it. */
  pngChunks: 64,
  /**
   * The text of a workflow in a PNG, as in the editor: where every byte of the largest message is escaped there with six, it
   * still can be opened.
   */
  pngTextBytes: 16 * MiB,
  /** A PNG opened from the command line. */
  pngBytes: 64 * MiB,

  /** Jobs that wait. */
  queuedJobs: 200,
  /** Of them those of one visitor, where visitors are told apart. */
  queuedJobsPerVisitor: 100,
  /** How often a job may be started before it is held to be what ends its runners. */
  startsPerJob: 2,
  /** Jobs that are kept after their end, and for how long. */
  endedJobs: 5_000,
  endedJobsMs: 90 * day,
  /** Events kept over all ended jobs; beyond it the oldest jobs are forgotten. */
  keptEvents: 500_000,
  /** Jobs that one page of the history holds. */
  jobsPerPage: 100,
  /** Events that wait to be stored, while the disk is full; a job that makes more is stopped. */
  unstoredEvents: 10_000,
  /** Events within this time are stored together. */
  storeEveryMs: 10,
  /** How long to wait before the store is tried again. */
  storeRetryMs: 1_000,
  /** Jobs whose last previews are kept for those who come late, and of each so many nodes. */
  previewedJobs: 2,
  previewedNodes: 32,
  /** Changes of the queue within this time are told as one. */
  queueEventMs: 50,
  /** How long the running job may take to end when the server is asked to stop. */
  stopGraceMs: 10_000,
  /** How long a cancelled job may take to stop at a step before its runner is killed. */
  cancelGraceMs: 5_000,
  /**
   * How long the first runner is up before a spare one is started, which takes its place when it dies. A spare one costs a
   * second of processor and 90 MB: the server, and the page that asks for it, have that second first.
   */
  spareAfterMs: 1_000,

  /** Workflows that people keep on the server, and revisions of each. */
  storedWorkflows: 500,
  workflowRevisions: 50,
  /** Workflows shared by hash; the oldest go. */
  sharedWorkflows: 500,

  /** Jobs whose steps are kept on disk. */
  keptStepsJobs: 200,
  /** Kept steps of all jobs, and of one. */
  keptStepsBytes: 1024 * MiB,
  keptStepsBytesPerJob: 256 * MiB,
  /** Pictures of kept steps that wait to be drawn, and how long whoever asked waits for one. */
  waitingDrawings: 64,
  drawingMs: 20_000,

  /** Longest side of a preview, in pixels. */
  previewSide: 512,

  /** How long one call of a node's code may take: a step of the largest picture on a slow machine takes minutes. */
  nodeMs: 30 * 60_000,
  /** Memory that a runner may take for itself: three quarters of the machine's, or of the container's. */
  runnerMemoryBytes: Math.min(totalmem(), process.constrainedMemory() || Infinity) * 0.75,
  /** How often that is looked at. */
  memoryCheckMs: 250,
  /** Heap of a runner, in MiB. Tensors lie outside it: what fills it is a fault, and ends the runner and its job. */
  runnerHeapMiB: 2_048,
  /** Models kept in memory at the same time. */
  loadedModels: 2,
  /** Results of nodes kept in memory. */
  cacheBytes: 512 * MiB,
} as const
