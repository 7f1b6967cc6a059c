/** Keys of the page around the graph: tabs, files, runs, steps. Those of the graph are in `editor/commands.ts`. */
import { useEventListener } from '@vueuse/core'
import { closeTab, newWorkflow } from '../files/open.ts'
import { save } from '../files/save.ts'
import { cancel, run, runTo } from '../running.ts'
import { useDialogs } from '../stores/dialogs.ts'
import { useScrub } from '../stores/scrub.ts'
import { useSelection } from '../stores/selection.ts'
import { useSettings } from '../stores/settings.ts'
import { useTabs } from '../stores/tabs.ts'

export function usePageKeys(page: { open(): void }): void {
  const dialogs = useDialogs()
  const tabs = useTabs()
  const scrub = useScrub()
  const settings = useSettings()
  const selection = useSelection()

  function runToChosen(): void {
    const [id] = selection.ids
    if (selection.ids.size === 1 && id !== undefined) void runTo(id)
    else void run()
  }

  const commands: Record<string, () => void> = {
    'ctrl+enter': () => void run(),
    'ctrl+shift+enter': runToChosen,
    'ctrl+.': () => void cancel(),
    'ctrl+s': () => void save(),
    'ctrl+shift+s': () => tabs.active && dialogs.show({ kind: 'save-as' }),
    'ctrl+o': () => page.open(),
    'ctrl+,': () => dialogs.show({ kind: 'settings' }),
    'alt+n': newWorkflow,
    'alt+w': () => tabs.activeId !== null && closeTab(tabs.activeId),
    'alt+l': () => (settings.live = !settings.live),
    'alt+f': () =>
      tabs.active && tabs.update(tabs.active.id, { mode: tabs.active.mode === 'graph' ? 'form' : 'graph' }),
    'alt+arrowleft': () => tabs.step(-1),
    'alt+arrowright': () => tabs.step(1),
    'alt+q': () => (settings.dock = settings.dock === 'queue' ? 'result' : 'queue'),
  }
  /** Only while nothing is typed and no menu is open. */
  const plain: Record<string, () => void> = {
    ',': () => scrub.step(-1),
    '.': () => scrub.step(1),
    p: () => (scrub.playing = scrub.slides.length > 0 && !scrub.playing),
  }

  useEventListener(window, 'keydown', (event) => {
    if (event.isComposing || event.defaultPrevented || dialogs.open) return
    const name = nameOf(event)
    const command = commands[name] ?? (isTyping(event.target) ? undefined : plain[name])
    if (!command) return
    event.preventDefault()
    command()
  })
}

/** `ctrl+shift+s`; Command counts as Control. Alt with a letter types another sign on some keyboards, so its key's place counts. */
function nameOf(event: KeyboardEvent): string {
  const letter = event.altKey ? /^Key([A-Z])$/.exec(event.code)?.[1] : undefined
  const key = (letter ?? event.key).toLowerCase()
  const held = [
    event.ctrlKey || event.metaKey ? 'ctrl' : '',
    event.altKey ? 'alt' : '',
    event.shiftKey ? 'shift' : '',
  ]
  return [...held.filter(Boolean), key].join('+')
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.closest('dialog, [role=dialog], [role=menu]')) return true
  const isField = target instanceof HTMLInputElement && !['checkbox', 'range', 'button'].includes(target.type)
  return isField || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement
}
