/**
 * How the editor bears large graphs: `npm run bench:editor -- --json`. For 100, 1,000 and 5,000 nodes in a real Chromium:
 * the time from dropping the file until every card in sight is there, the elements of the page, and the time between
 * frames while a graph is panned, zoomed and a card with links is dragged. Without a GPU the frames are drawn in software.
 */
import type { Page } from 'playwright-core'
import { launch } from './editor-page.ts'
import { serve } from './serve.ts'

interface Frames {
  readonly median: number
  readonly p95: number
  /** Of the main thread, a frame: unlike the others it does not grow with what else the machine has to do. */
  readonly cpu: number
}

interface Result {
  readonly nodes: number
  readonly links: number
  readonly openMs: number
  /** Elements of the page: with the whole graph in sight, at 41 % and at 100 %. */
  readonly elements: { readonly whole: number; readonly middle: number; readonly full: number }
  readonly frameMs: {
    /** Nothing is done: no gesture can be faster, on this machine and at this moment. */
    readonly idle: Frames
    readonly panFull: Frames
    readonly panMiddle: Frames
    readonly panWhole: Frames
    readonly zoom: Frames
    readonly drag: Frames
  }
}

type Gesture = 'idle' | 'pan' | 'zoom' | 'drag'

const sizes = [100, 1000, 5000]
const framesPerPhase = 60
const asJson = process.argv.includes('--json')

/** Six kinds of nodes, each fed by those before it in its group of six. */
const kinds: readonly {
  readonly type: string
  readonly inputs: Readonly<Record<string, readonly [number, string]>>
}[] = [
  { type: 'model/load', inputs: {} },
  { type: 'latent/noise', inputs: { model: [0, 'model'] } },
  { type: 'text/encode', inputs: { model: [0, 'model'] } },
  { type: 'grounding/box', inputs: { model: [0, 'model'] } },
  { type: 'vae/decode', inputs: { model: [0, 'model'], latent: [1, 'latent'] } },
  { type: 'image/preview', inputs: { image: [4, 'image'] } },
]

/** A sound graph in a grid. */
function gridOf(count: number): { workflow: object; links: number } {
  const columns = Math.ceil(Math.sqrt(count * 1.4))
  const nodes: Record<string, object> = {}
  const places: Record<string, [number, number]> = {}
  let links = 0
  for (let index = 0; index < count; index++) {
    const { type = '', inputs = {} } = kinds[index % kinds.length] ?? {}
    const first = index - (index % kinds.length)
    const sources = Object.entries(inputs).map(([port, [at, output]]) => [port, `n${first + at}.${output}`])
    links += sources.length
    nodes[`n${index}`] = { type, ...(sources.length > 0 && { inputs: Object.fromEntries(sources) }) }
    places[`n${index}`] = [(index % columns) * 320, Math.floor(index / columns) * 480]
  }
  return { workflow: { groundwork: 1, nodes, view: { nodes: places } }, links }
}

async function measure(page: Page, count: number): Promise<Result> {
  const { workflow, links } = gridOf(count)
  const openMs = await page.evaluate(openInPage, JSON.stringify(workflow))
  const elements = () => page.evaluate(() => document.querySelectorAll('*').length)
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  const cpuMs = async () => {
    const { metrics } = await session.send('Performance.getMetrics')
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0)
  }
  const frames = async (kind: Gesture): Promise<Frames> => {
    const before = await cpuMs()
    const found = await page.evaluate(framesInPage, kind)
    return { ...found, cpu: Math.round((10 * ((await cpuMs()) - before)) / framesPerPhase) / 10 }
  }
  const at = (zoom: number) => page.evaluate(zoomInPage, zoom)
  const idle = await frames('idle')
  const whole = await elements()
  const panWhole = await frames('pan')
  await at(0.41)
  const middle = await elements()
  const panMiddle = await frames('pan')
  await at(1)
  const full = await elements()
  const panFull = await frames('pan')
  const drag = await frames('drag')
  await at(0.8)
  const zoom = await frames('zoom')
  const frameMs = { idle, panFull, panMiddle, panWhole, zoom, drag }
  return { nodes: count, links, openMs, elements: { whole, middle, full }, frameMs }
}

/** Runs in the page: drops the file, and gives the milliseconds until all cards in sight are mounted and painted. */
async function openInPage(text: string): Promise<number> {
  const graph = document.querySelector<HTMLElement>('[data-testid=graph]')
  if (!graph) throw new Error('There is no graph on the page')
  const transfer = new DataTransfer()
  transfer.items.add(new File([text], 'grid.json', { type: 'application/json' }))
  const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve))
  const tabs = document.querySelectorAll('[data-tab]').length
  const start = performance.now()
  graph.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }))
  const isOpen = () => document.querySelectorAll('[data-tab]').length > tabs
  const deadline = start + 60_000
  while (!isOpen() && performance.now() < deadline) await nextFrame()
  // Settled for three frames running: the view is fitted in one, and the cards come in those after it.
  for (let calm = 0; calm < 3 && performance.now() < deadline;) {
    await nextFrame()
    calm = graph.dataset['settled'] === 'true' ? calm + 1 : 0
  }
  return Math.round(performance.now() - start)
}

/** Runs in the page: zooms to a level in the middle of the graph, and waits until the cards are there. */
async function zoomInPage(level: number): Promise<void> {
  const graph = document.querySelector<HTMLElement>('[data-testid=graph]')
  if (!graph) throw new Error('There is no graph on the page')
  const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve))
  const { left, top, width, height } = graph.getBoundingClientRect()
  const middle = { clientX: left + width / 2, clientY: top + height / 2, bubbles: true, cancelable: true }
  for (let tries = 0; tries < 200; tries++) {
    const ratio = level / Number(graph.dataset['zoom'])
    if (Math.abs(ratio - 1) < 0.005) break
    const delta = Math.max(-40, Math.min(40, -Math.log(ratio) / 0.01))
    graph.dispatchEvent(new WheelEvent('wheel', { ...middle, ctrlKey: true, deltaY: delta }))
    await nextFrame()
  }
  for (let calm = 0; calm < 3;) {
    await nextFrame()
    calm = graph.dataset['settled'] === 'true' ? calm + 1 : 0
  }
}

/** Runs in the page: carries out a gesture over 60 frames and gives the times between them. */
async function framesInPage(kind: Gesture): Promise<{ median: number; p95: number }> {
  const graph = document.querySelector<HTMLElement>('[data-testid=graph]')
  if (!graph) throw new Error('There is no graph on the page')
  const { left, top, width, height } = graph.getBoundingClientRect()
  const middle = { clientX: left + width / 2, clientY: top + height / 2, bubbles: true, cancelable: true }
  const inSight = (card: Element) => {
    const box = card.getBoundingClientRect()
    return box.left > left && box.top > top && box.right < left + width && box.bottom < top + height
  }
  const header = [...document.querySelectorAll('[data-node] header')].find(inSight)
  const box = header?.getBoundingClientRect() ?? graph.getBoundingClientRect()
  const pointer = (x: number) => ({
    ...middle,
    clientX: box.left + 130 + x,
    clientY: box.top + 10 + x / 2,
    pointerId: 1,
    button: 0,
    buttons: 1,
  })
  if (kind === 'drag') header?.dispatchEvent(new PointerEvent('pointerdown', pointer(0)))
  const wheel = (event: WheelEventInit) =>
    graph.dispatchEvent(new WheelEvent('wheel', { ...middle, ...event }))
  const steps = {
    idle: () => undefined,
    pan: (index: number) => wheel({ deltaX: index < 30 ? 24 : -24, deltaY: index < 30 ? 10 : -10 }),
    zoom: (index: number) => wheel({ ctrlKey: true, deltaY: index < 30 ? 2.3 : -2.3 }),
    drag: (index: number) => window.dispatchEvent(new PointerEvent('pointermove', pointer(index * 3))),
  }
  const times: number[] = []
  let last = await new Promise<number>((resolve) => requestAnimationFrame(resolve))
  for (let index = 0; index < 60; index++) {
    steps[kind](index)
    const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve))
    times.push(now - last)
    last = now
  }
  if (kind === 'drag') window.dispatchEvent(new PointerEvent('pointerup', pointer(180)))
  times.sort((a, b) => a - b)
  const part = (share: number) => Math.round((times[Math.floor(share * (times.length - 1))] ?? 0) * 10) / 10
  return { median: part(0.5), p95: part(0.95) }
}

function print(result: Result): void {
  const { nodes, links, openMs, elements, frameMs } = result
  const frames = Object.entries(frameMs).map(
    ([name, { median, p95, cpu }]) => `${name} ${median}/${p95} (${cpu})`,
  )
  console.log(`${nodes} nodes, ${links} links: open ${openMs} ms`)
  console.log(`  elements: whole ${elements.whole}, 41 % ${elements.middle}, 100 % ${elements.full}`)
  console.log(`  frames, median/p95 (main thread) in ms: ${frames.join(', ')}`)
}

const [server, browser] = await Promise.all([serve(), launch()])
const results: Result[] = []
try {
  for (const count of sizes) {
    const context = await browser.newContext({ viewport: { width: 1600, height: 900 }, locale: 'en-GB' })
    const page = await context.newPage()
    // tsx names functions by a helper that the page has not got.
    await page.addInitScript('globalThis.__name = (value) => value')
    await page.goto(server.url)
    await page.locator('[data-node]').first().waitFor()
    const result = await measure(page, count)
    results.push(result)
    if (!asJson) print(result)
    await context.close()
  }
  if (asJson) console.log(JSON.stringify(results, null, 2))
} finally {
  await browser.close()
  await server.stop()
}
