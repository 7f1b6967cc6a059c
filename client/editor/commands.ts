/** The keyboard and the clipboard of the page: they find the command and carry it out. */
import { useEventListener } from '@vueuse/core'
import { copyText, pasteText, removeChosen, sayCopied } from './actions.ts'
import { isMac, type Command } from './command.ts'
import { commandFor } from './command-table.ts'
import { desk } from './desk.ts'
import { modeNow } from './modes.ts'
import { useDialogs } from '../stores/dialogs.ts'
import { isComposing } from '../widgets/composing.ts'

export function useCommands(): void {
  function key(event: KeyboardEvent): void {
    if (isComposing(event) || event.defaultPrevented || useDialogs().open) return
    const command = commandFor(event)
    if (!command || command.byBrowser) return
    if (!command.anywhere && (!graphIsShown() || hasOwnKeys(event))) return
    if (isTyping(event) ? !worksWhileTyping(command, event) : !command.whileTyping && isElsewhere(event))
      return
    // Menus and dialogs close on Escape only while nobody has taken it.
    if (event.key !== 'Escape') event.preventDefault()
    if (event.repeat && !command.repeats) return
    if (command.can?.() ?? true) command.run()
  }

  function copy(event: ClipboardEvent, cut: boolean): void {
    const isElse = isTyping(event) || hasOwnKeys(event) || hasSelectedText() || !graphIsShown()
    const text = isElse ? null : copyText()
    if (text === null) return
    event.preventDefault()
    event.clipboardData?.setData('text/plain', text)
    if (cut) removeChosen()
    else sayCopied()
  }

  function paste(event: ClipboardEvent): void {
    const text = event.clipboardData?.getData('text/plain') ?? ''
    if (isTyping(event) || hasOwnKeys(event) || text === '' || !graphIsShown()) return
    event.preventDefault()
    pasteText(text, desk.graph?.here() ?? null)
  }

  useEventListener(window, 'keydown', key)
  useEventListener(document, 'copy', (event) => copy(event, false))
  useEventListener(document, 'cut', (event) => copy(event, true))
  useEventListener(document, 'paste', paste)
}

function graphIsShown(): boolean {
  const mode = modeNow()
  return mode === 'graph' || mode === 'list'
}

/** With Option a Mac types signs and goes from word to word. */
function worksWhileTyping({ whileTyping }: Command, { altKey }: KeyboardEvent): boolean {
  return whileTyping === true && !(isMac && altKey)
}

/**
 * Who draws means what is drawn: Delete there is never for a node that is selected meanwhile. What is cut or pasted goes to
 * whatever text was marked last, which need not be where the focus is.
 */
function hasOwnKeys({ target }: Event): boolean {
  return [target, document.activeElement].some(
    (place) => place instanceof Element && place.closest('[data-own-keys]') !== null,
  )
}

/** A sentence that a person has marked is what they mean to copy. */
const hasSelectedText = () => (document.getSelection()?.toString() ?? '') !== ''

/**
 * Keys of a control that has the focus are its own: Enter presses a button, arrows and letters choose in a list. A point of
 * a link is a button only to have the focus: the keys of the graph move it and take it away.
 */
function isElsewhere(event: KeyboardEvent): boolean {
  const { target } = event
  if (!(target instanceof HTMLElement) || event.ctrlKey || event.metaKey) return false
  if (target instanceof HTMLSelectElement) return true
  return target.closest(withOwnKeys) !== null && !/^[a-z?,.]$/i.test(event.key)
}

const withOwnKeys =
  'button:not([data-reroute]), input, select, a, [role=menu], [role=listbox], [role=tree], [role=dialog]'

export function isTyping(event: Event): boolean {
  const { target } = event
  return (
    target instanceof HTMLTextAreaElement ||
    (target instanceof HTMLInputElement && !['checkbox', 'range', 'button'].includes(target.type)) ||
    (target instanceof HTMLElement && target.closest('dialog, [role=dialog], [role=menu]') !== null)
  )
}
