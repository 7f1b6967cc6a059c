/**
 * Ends what is being typed, where it was typed: a field hands its text over when it loses the focus, and after that it may be
 * about another workflow.
 */
export function leaveField(): void {
  const field = globalThis.document?.activeElement?.closest<HTMLElement>('input, textarea')
  field?.blur()
}
