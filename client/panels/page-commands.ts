/** The commands of the page around the graph: tabs, files, runs, steps. Those of the graph are in `editor/graph-commands.ts`. */
import type { Command } from '../editor/command.ts'
import { turnTo } from '../editor/modes.ts'
import { closeTab, newWorkflow } from '../files/open.ts'
import { save } from '../files/save.ts'
import { cancel, run, runTo } from '../running.ts'
import { useDialogs } from '../stores/dialogs.ts'
import { useScrub } from '../stores/scrub.ts'
import { useSelection } from '../stores/selection.ts'
import { useSettings } from '../stores/settings.ts'
import { useTabs } from '../stores/tabs.ts'

/** What only the page itself can do; it puts it here. */
export const page: { open(): void } = { open: () => undefined }

function runToChosen(): void {
  const [id] = useSelection().ids
  if (useSelection().ids.size === 1 && id !== undefined) void runTo(id)
  else void run()
}

function toggleLive(): void {
  const settings = useSettings()
  settings.live = !settings.live
}

function toggleQueue(): void {
  const settings = useSettings()
  settings.dock = settings.dock === 'queue' ? 'result' : 'queue'
}

function togglePlay(): void {
  const scrub = useScrub()
  scrub.playing = scrub.slides.length > 0 && !scrub.playing
}

function closeActive(): void {
  const { activeId } = useTabs()
  if (activeId !== null) closeTab(activeId)
}

type Entry = readonly [id: string, key: string, run: () => unknown]

const always = (group: Command['group'], entries: readonly Entry[]): Command[] =>
  entries.map(([id, key, run]) => ({
    id,
    group,
    keys: [key],
    whileTyping: true,
    anywhere: true,
    run: () => run(),
  }))

const untyped = (group: Command['group'], entries: readonly Entry[]): Command[] =>
  entries.map(([id, key, run]) => ({ id, group, keys: [key], anywhere: true, run: () => run() }))

export const pageCommands: readonly Command[] = [
  ...always('run', [
    ['run', 'Ctrl+Enter', run],
    ['runTo', 'Ctrl+Shift+Enter', runToChosen],
    ['cancel', 'Ctrl+.', cancel],
    ['live', 'Alt+L', toggleLive],
  ]),
  ...untyped('run', [
    ['stepBack', ',', () => useScrub().step(-1)],
    ['stepOn', '.', () => useScrub().step(1)],
    ['play', 'P', togglePlay],
  ]),
  ...always('file', [
    ['new', 'Alt+N', newWorkflow],
    ['open', 'Ctrl+O', () => page.open()],
    ['save', 'Ctrl+S', save],
    ['saveAs', 'Ctrl+Shift+S', () => useTabs().active && useDialogs().show({ kind: 'save-as' })],
    ['closeTab', 'Alt+W', closeActive],
    ['tabBefore', 'Alt+ArrowLeft', () => useTabs().step(-1)],
    ['tabAfter', 'Alt+ArrowRight', () => useTabs().step(1)],
    ['settings', 'Ctrl+,', () => useDialogs().show({ kind: 'settings' })],
  ]),
  ...always('view', [
    ['form', 'Alt+F', () => turnTo('form')],
    ['queue', 'Alt+Q', toggleQueue],
  ]),
]
