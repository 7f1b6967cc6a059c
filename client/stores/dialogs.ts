/** Which dialog stands over the page, and what it is about. One at a time. */
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { Difference } from '../files/differences.ts'

export type Dialog =
  | { readonly kind: 'start' }
  | { readonly kind: 'settings' }
  /** The tab is to be saved under a name of its own, and perhaps closed then. */
  | { readonly kind: 'save-as'; readonly thenClose?: true }
  | { readonly kind: 'library' }
  /** Of the stored workflow in the tab that is open. */
  | { readonly kind: 'revisions'; readonly id: string; readonly rev: number }
  | { readonly kind: 'share'; readonly address: string }
  /** Another revision stands on the server than the one that the tab came from; 0 when it was removed. */
  | { readonly kind: 'conflict'; readonly rev: number }
  /** Of the workflow that was opened in a tab. */
  | {
      readonly kind: 'differences'
      readonly tab: string
      readonly name: string
      readonly found: readonly Difference[]
    }
  | { readonly kind: 'close-tab'; readonly tab: string }
  | { readonly kind: 'sweep'; readonly at?: string }
  | { readonly kind: 'picture' }

export const useDialogs = defineStore('dialogs', () => {
  const open = shallowRef<Dialog | null>(null)
  function show(dialog: Dialog): void {
    open.value = dialog
  }
  function close(): void {
    open.value = null
  }
  return { open, show, close }
})
