/** The door through which a node reaches the world while it runs; what it shows there is kept with its result. */
import type { RunContext } from '#nodes/node.ts'
import type { Trace } from './cache.ts'
import type { ExecuteOptions } from './engine.ts'
import type { PreviewPace } from './preview-pace.ts'

export interface ContextOptions {
  readonly node: string
  readonly options: ExecuteOptions
  readonly pace: PreviewPace
  readonly now: () => number
  /** Shows what the node shows, at once. */
  readonly show: (trace: Trace) => void | Promise<void>
}

export interface OpenContext {
  /** Its functions need no `this`: a node may take them apart. */
  readonly context: RunContext
  /**
   * Waits for what the node began to show and did not wait for itself.
   *
   * @returns what it showed, in order, with its newest preview at the end.
   * @throws what a saving threw.
   */
  settle(): Promise<readonly Trace[]>
}

type Save = RunContext['savePicture']
type Preview = RunContext['preview']

export function openContext({ node, options, pace, now, show }: ContextOptions): OpenContext {
  const { services, workflow, signal = { aborted: false } } = options
  const traces: Trace[] = []
  let newest: Trace | null = null
  let last: Promise<void> = Promise.resolve()

  const keep = (trace: Trace) => {
    traces.push(trace)
    return show(trace)
  }
  const save = async (image: Parameters<Save>[0], { saved, name }: Parameters<Save>[1]) => {
    const stored = await services.savePicture(image, {
      saved,
      node,
      workflow,
      ...(name !== undefined && { name }),
    })
    await keep({ kind: 'output', output: { ...stored, saved } })
  }
  const preview = async (draw: Parameters<Preview>[0], at: Parameters<Preview>[1]) => {
    if (!options.emitPreview || !pace.isDue(at ?? null)) return
    const begin = now()
    const place = { step: at?.step ?? null, total: at?.total ?? null, beta: at?.beta ?? null }
    try {
      const trace: Trace = { kind: 'preview', place, image: await draw() }
      await show(trace)
      newest = trace
    } catch (error) {
      // Whether somebody looks must not decide whether a run succeeds.
      options.onLostPreview?.(node, error)
    }
    pace.drew(begin, at ?? null)
  }
  /** One after the other, so that pictures come out in the order in which the node made them. */
  const inTurn = (action: () => Promise<void>) => {
    last = last.then(action)
    // A node that does not wait must not end the process with an unhandled rejection: settle() throws it.
    last.catch(() => undefined)
    return last
  }

  const context: RunContext = {
    signal,
    findModel: (id, wanted) => services.findModel(id, wanted),
    model: (ref) => services.model(ref),
    loadPicture: (id) => services.loadPicture(id),
    savePicture: (image, place) => inTurn(() => save(image, place)),
    preview: (draw, at) => inTurn(() => preview(draw, at)),
    showValue: (text) => void keep({ kind: 'value', text }),
  }
  const settle = async () => {
    await last
    return newest ? [...traces, newest] : traces
  }
  return { context, settle }
}
