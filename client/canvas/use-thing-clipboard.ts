/** Copy, cut and paste on a canvas of things: between its own, to another node, tab or window. */
import { nextTick, type Ref } from 'vue'
import { useEventListener } from '@vueuse/core'
import { useI18n } from 'vue-i18n'
import type { EditingMarks } from '#nodes/editing-marks.ts'
import { useNotices } from '../stores/notices.ts'
import { without } from './list-edits.ts'
import type { Edits } from './live-value.ts'
import { clipOf, pasted, readClip, type ClipKind, type Placing } from './thing-clip.ts'

interface Host<T> extends Placing<T> {
  readonly kind: ClipKind
  readonly selected: Ref<number | null>
  /** Whether the canvas has the keys, and no hand is at work on it. */
  isReady(): boolean
  things(): readonly T[]
  edits(): Edits<T[]>
  /** The sound things of a list. */
  read(list: unknown): T[]
  focus(index: number): void
  leave(): void
}

export function useThingClipboard<T extends EditingMarks>(host: Host<T>): void {
  const { kind, selected } = host
  const { t } = useI18n()
  const notices = useNotices()

  /** What is selected; where nothing is, everything. */
  function copy(event: ClipboardEvent): void {
    if (!host.isReady()) return
    const chosen = host.things().filter((_, index) => selected.value === null || selected.value === index)
    if (chosen.length === 0) return
    write(event, chosen)
    notices.say(t(`${kind}.copied`, { count: chosen.length }))
  }

  function cut(event: ClipboardEvent): void {
    const { value: index } = selected
    const thing = index === null ? undefined : host.things()[index]
    if (index === null || !thing || !host.isReady()) return
    write(event, [thing])
    host.edits().set(without(host.things(), index))
    host.leave()
  }

  function write(event: ClipboardEvent, things: readonly T[]): void {
    event.preventDefault()
    event.clipboardData?.setData('text/plain', clipOf(kind, things))
  }

  async function paste(event: ClipboardEvent): Promise<void> {
    const text = event.clipboardData?.getData('text/plain') ?? ''
    if (event.defaultPrevented || text === '' || !host.isReady()) return
    event.preventDefault()
    const copies = host.read(readClip(kind, text))
    const before = host.things()
    if (copies.length === 0) return notices.say(t(`${kind}.noneToPaste`), 'bad')
    host.edits().set(pasted(before, copies, host))
    selected.value = before.length
    await nextTick()
    host.focus(before.length)
  }

  useEventListener(document, 'copy', copy)
  useEventListener(document, 'cut', cut)
  useEventListener(document, 'paste', (event) => void paste(event))
}
