/** Whether a key belongs to an input method: Enter takes its candidate then, Escape gives it up, and the field goes on. */
export function isComposing({ isComposing, keyCode }: KeyboardEvent): boolean {
  // Safari ends the composition before the key that ended it: only its code tells.
  return isComposing || keyCode === 229
}
