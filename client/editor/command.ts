/** What a command is, and how its keys are read and written. */
import type { Target } from './desk.ts'

export interface Command {
  /** Its name in each language is the message `command.<id>`. */
  readonly id: string
  readonly group: 'run' | 'file' | 'edit' | 'arrange' | 'view'
  /** Such as `Ctrl+Shift+Z`. The first is the one that menus show. */
  readonly keys: readonly string[]
  readonly menus?: readonly Target['place'][]
  /** Whether its keys work wherever the focus is, also while a text is typed. */
  readonly whileTyping?: true
  /** Whether it is for the page as a whole; others need the graph or the list to be shown. */
  readonly anywhere?: true
  /** Whether it goes on while its keys are held. */
  readonly repeats?: true
  /** Whether the browser itself turns its keys into an event (copy, cut, paste). */
  readonly byBrowser?: true
  /** Whether it can do something now; always where it is left out. */
  readonly can?: () => boolean
  run(target?: Target): unknown
}

export const isMac = typeof navigator !== 'undefined' && /mac/i.test(navigator.platform)
const signs: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Arrow: '←↑↓→',
  ...(isMac && { Ctrl: '⌘', Alt: '⌥', Shift: '⇧' }),
}

/** Keys as a person reads them. */
export function showKey(key: string): string {
  if (key === '+') return key
  return key
    .split('+')
    .map((part) => signs[part] ?? part)
    .join(isMac ? '' : '+')
}

/** The part of a key event that says which keys are down. */
export type PressedKeys = Pick<KeyboardEvent, 'key' | 'code' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey'>

/**
 * The keys of an event, in the form of the table but in lower case. Command counts as Ctrl. Shift counts only where it
 * does not already show in the character. Alt with a letter types another sign on some keyboards: its place counts.
 */
export function keysOfEvent(event: PressedKeys): string {
  const letter = event.altKey ? /^Key([A-Z])$/.exec(event.code)?.[1] : undefined
  const key = letter ?? event.key
  const isLetter = key.length > 1 || key.toLowerCase() !== key.toUpperCase()
  const parts = [
    (event.ctrlKey || event.metaKey) && 'ctrl',
    event.altKey && 'alt',
    event.shiftKey && isLetter && 'shift',
    key.toLowerCase(),
  ]
  return parts.filter(Boolean).join('+')
}
