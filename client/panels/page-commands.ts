/** The commands of the page around the graph: tabs, files, runs, steps. Those of the graph are in `editor/graph-commands.ts`. */
import type { Command } from '../editor/command.ts'
import { turnTo } from '../editor/modes.ts'
import { closeTab, newWorkflow } from '../files/open.ts'
import { exportJson, exportPng, save, shareLink } from '../files/save.ts'
import { cancel, run, runBranch, runTo } from '../running.ts'
import { own } from '../document/record.ts'
import { workflow } from '../document/workflow-document.ts'
import { useCompare } from '../stores/compare.ts'
import { useDialogs } from '../stores/dialogs.ts'
import { useScrub } from '../stores/scrub.ts'
import { useSelection } from '../stores/selection.ts'
import { useSettings } from '../stores/settings.ts'
import { useTabs } from '../stores/tabs.ts'

/** What only the page itself can do; it puts it here. */
export const page: { open(): void } = { open: () => undefined }

/** The one node that is selected. */
export function chosenNode(): string | null {
  const { ids } = useSelection()
  const [id] = ids
  return ids.size === 1 && id !== undefined && own(workflow.graph.value.nodes, id) ? id : null
}

function runToChosen(): void {
  const id = chosenNode()
  void (id === null ? run() : runTo(id))
}

function runBranchOfChosen(): void {
  const id = chosenNode()
  if (id !== null) void runBranch(id)
}

/** The picture that is looked at is kept; the steps after it are made anew. */
function branch(): void {
  const { branchPoint } = useScrub()
  if (branchPoint) void run({ branch: branchPoint })
}

const hasTab = () => useTabs().active !== null

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
    ['cancel', 'Ctrl+.', cancel],
    ['live', 'Alt+L', toggleLive],
  ]),
  {
    id: 'runTo',
    group: 'run',
    keys: ['Ctrl+Shift+Enter'],
    whileTyping: true,
    anywhere: true,
    menus: ['node'],
    run: runToChosen,
  },
  {
    id: 'runBranch',
    group: 'run',
    keys: ['Alt+Shift+Enter'],
    anywhere: true,
    menus: ['node'],
    can: () => chosenNode() !== null,
    run: runBranchOfChosen,
  },
  {
    id: 'sweep',
    group: 'run',
    keys: ['Alt+S'],
    whileTyping: true,
    anywhere: true,
    can: hasTab,
    run: () => useDialogs().show({ kind: 'sweep' }),
  },
  {
    id: 'branch',
    group: 'run',
    keys: ['Alt+B'],
    whileTyping: true,
    anywhere: true,
    can: () => useScrub().branchPoint !== null,
    run: branch,
  },
  ...untyped('run', [
    ['stepBack', ',', () => useScrub().step(-1)],
    ['stepOn', '.', () => useScrub().step(1)],
  ]).map((command) => ({ ...command, repeats: true as const })),
  ...untyped('run', [['play', 'P', togglePlay]]),
  ...always('file', [
    ['new', 'Alt+N', newWorkflow],
    ['open', 'Ctrl+O', () => page.open()],
    ['save', 'Ctrl+S', save],
    ['saveAs', 'Ctrl+Shift+S', () => useTabs().active && useDialogs().show({ kind: 'save-as' })],
    ['closeTab', 'Alt+W', closeActive],
    ['templates', 'Alt+T', () => useDialogs().show({ kind: 'start' })],
    ['library', 'Alt+O', () => useDialogs().show({ kind: 'library' })],
    ['share', 'Alt+K', () => hasTab() && shareLink()],
    ['exportJson', 'Alt+J', () => hasTab() && exportJson()],
    ['exportPng', 'Alt+P', () => hasTab() && exportPng()],
    ['tabBefore', 'Alt+ArrowLeft', () => useTabs().step(-1)],
    ['tabAfter', 'Alt+ArrowRight', () => useTabs().step(1)],
    ['settings', 'Ctrl+,', () => useDialogs().show({ kind: 'settings' })],
  ]),
  ...always('view', [
    ['form', 'Alt+F', () => turnTo('form')],
    ['queue', 'Alt+Q', toggleQueue],
    ['compare', 'Alt+C', () => useCompare().toggle()],
    ['enlarge', 'Alt+R', () => useScrub().shown && useDialogs().show({ kind: 'picture' })],
  ]),
]
