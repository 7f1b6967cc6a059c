/** The pictures of a run as something to draw. */
import type { KeptStep } from '#workflows/protocol.ts'
import { stepUrl } from '../api/jobs.ts'
import { pictureUrl } from '../api/machine.ts'
import type { JobOutput } from './job.ts'
import type { Frame, Run } from './runs.ts'

/** A picture to draw: encoded bytes, or an address of our own server. */
export interface Shown {
  readonly source: Blob | string
  /** 0 where it is not known before it is drawn. */
  readonly width: number
  readonly height: number
  readonly frame: FrameInfo | null
}

/** Which step a picture shows. */
export interface FrameInfo {
  readonly step: number | null
  readonly total: number | null
  readonly beta: number | null
}

/** The last picture of a run; of a sweep that of its last cell, not the picture of them all. */
export function newest(run: Run): Shown | null {
  const output = run.job.outputs.findLast(({ isGrid }) => !isGrid)
  if (output) return showOutput(output)
  const frame = run.frames.at(-1)
  return frame ? showFrame(frame) : null
}

/** Each picture keeps its one description, so that what shows it is not drawn again with every event. */
const described = new WeakMap<object, Shown>()

export function showOutput(output: JobOutput): Shown {
  const { picture, width, height } = output
  return remember(output, { source: pictureUrl(picture), width, height, frame: null })
}

export function showFrame(frame: Frame): Shown {
  return remember(frame, { source: frame.blob, width: frame.width, height: frame.height, frame })
}

export function showKept(job: string, kept: KeptStep): Shown {
  const { index, total, beta } = kept
  const source = stepUrl(job, kept)
  return remember(kept, { source, width: 0, height: 0, frame: { step: index, total, beta } })
}

function remember(of: object, shown: Shown): Shown {
  const known = described.get(of)
  if (!known) described.set(of, shown)
  return known ?? shown
}

export function picturesByNode(run: Run | null): ReadonlyMap<string, Shown> {
  const pictures = new Map<string, Shown>()
  for (const frame of run?.frames ?? []) pictures.set(frame.node, showFrame(frame))
  for (const output of run?.job.outputs ?? []) pictures.set(output.node, showOutput(output))
  return pictures
}
