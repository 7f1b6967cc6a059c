/** What keys, the clipboard and the toolbar do to the selection. */
import { useEventListener } from '@vueuse/core'
import { useI18n } from 'vue-i18n'
import { parseWorkflow, serialise } from '../document/file.ts'
import { insert, pick, removeNodes, toggleFrame } from '../document/edits.ts'
import type { Point } from '../document/queries.ts'
import { workflow } from '../document/workflow-document.ts'
import { useNotices } from '../stores/notices.ts'
import { useSelection } from '../stores/selection.ts'
import { boundsOf } from './geometry.ts'

export interface GraphHandle {
  fit(ids?: readonly string[]): void
  zoomBy(factor: number): void
  addAtPointer(): void
  pasteAt(): Point | null
  spaceHeld: boolean
}

const pasteShift = 32

export function useCommands(graph: () => GraphHandle | undefined): void {
  const { t } = useI18n()
  const selection = useSelection()
  const notices = useNotices()
  const chosen = () => [...selection.ids].filter((id) => Object.hasOwn(workflow.current.value.nodes, id))

  function remove(): void {
    const ids = new Set(chosen())
    workflow.edit('remove', (draft) => removeNodes(draft, ids))
    selection.set([])
  }

  function duplicate(): void {
    const part = pick(workflow.current.value, new Set(chosen()), 'all')
    add('duplicate', part, { x: pasteShift, y: pasteShift })
  }

  function add(label: string, part: ReturnType<typeof pick>, offset: Point): void {
    let added: string[] = []
    workflow.edit(label, (draft) => (added = insert(draft, part, offset)))
    selection.set(added)
  }

  function copy(event: ClipboardEvent, cut: boolean): void {
    const ids = chosen()
    if (isTyping(event) || ids.length === 0) return
    event.preventDefault()
    event.clipboardData?.setData('text/plain', serialise(pick(workflow.current.value, new Set(ids))))
    if (cut) remove()
    else notices.say(t('notice.copied', { count: ids.length }, ids.length))
  }

  function paste(event: ClipboardEvent): void {
    const text = event.clipboardData?.getData('text/plain') ?? ''
    if (isTyping(event) || text === '') return
    event.preventDefault()
    try {
      const part = parseWorkflow('clipboard', text)
      add('paste', part, offsetTo(part, graph()?.pasteAt() ?? null))
    } catch {
      notices.say(t('notice.notNodes'), 'bad')
    }
  }

  function frame(): void {
    if (selection.ids.size === 0) return
    workflow.edit('frame', (draft) => toggleFrame(draft, chosen(), t('node.frame')))
  }

  const plain: Record<string, () => void> = {
    Delete: remove,
    Backspace: remove,
    Tab: () => graph()?.addAtPointer(),
    a: () => graph()?.addAtPointer(),
    f: () => graph()?.fit(chosen()),
    Home: () => graph()?.fit(),
    '+': () => graph()?.zoomBy(1.2),
    '=': () => graph()?.zoomBy(1.2),
    '-': () => graph()?.zoomBy(1 / 1.2),
    Escape: () => selection.set([]),
  }
  const withControl: Record<string, () => void> = {
    z: () => workflow.undo(),
    'shift+z': () => workflow.redo(),
    y: () => workflow.redo(),
    a: () => selection.set(Object.keys(workflow.current.value.nodes)),
    d: duplicate,
    g: frame,
  }
  function key(event: KeyboardEvent): void {
    if (event.isComposing || event.altKey) return
    const control = event.ctrlKey || event.metaKey
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key
    const command = control ? controlled(event, name) : plainKey(event, name)
    if (!command) return
    // Menus and dialogs close on Escape only while nobody has taken it.
    if (name !== 'Escape') event.preventDefault()
    command()
  }

  const controlled = (event: KeyboardEvent, name: string) =>
    isTyping(event) ? undefined : withControl[event.shiftKey ? `shift+${name}` : name]

  /** Single keys act on the graph, so not while a control of the page has the focus. */
  function plainKey(event: KeyboardEvent, name: string): (() => void) | undefined {
    if (isTyping(event) || event.target instanceof HTMLSelectElement) return undefined
    if (name === 'Tab' && document.activeElement !== document.body) return undefined
    return plain[name]
  }

  function hold(event: KeyboardEvent): void {
    const handle = graph()
    if (event.key !== ' ' || !handle || document.activeElement !== document.body) return
    handle.spaceHeld = event.type === 'keydown'
    event.preventDefault()
  }

  useEventListener(window, 'keydown', key)
  useEventListener(window, ['keydown', 'keyup'], hold)
  useEventListener(document, 'copy', (event) => copy(event, false))
  useEventListener(document, 'cut', (event) => copy(event, true))
  useEventListener(document, 'paste', paste)
}

/** How far to move nodes so that their upper left corner comes to the pointer. */
function offsetTo(part: ReturnType<typeof pick>, at: Point | null): Point {
  const places = Object.values(part.view?.nodes ?? {}).map(([x, y]) => ({ x, y, width: 0, height: 0 }))
  const bounds = boundsOf(places)
  return bounds && at ? { x: at.x - bounds.x, y: at.y - bounds.y } : { x: pasteShift, y: pasteShift }
}

function isTyping(event: Event): boolean {
  const { target } = event
  return (
    target instanceof HTMLTextAreaElement ||
    (target instanceof HTMLInputElement && !['checkbox', 'range', 'button'].includes(target.type)) ||
    (target instanceof HTMLElement && target.closest('dialog, [role=dialog], [role=menu]') !== null)
  )
}
