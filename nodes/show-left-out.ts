/** Shows what of some texts the text encoder had no room for. */
import type { EncodedText } from '#inference/model.ts'
import type { RunContext } from './node.ts'

export function showLeftOut(encoded: readonly EncodedText[], context: RunContext): void {
  const leftOut = encoded.map(({ truncated }) => truncated).filter((text) => text !== '')
  if (leftOut.length > 0) context.showValue(`Too long, left out: ${leftOut.join('; ')}`)
}
