/** Says why a link is refused. */
import type { LinkVerdict } from '../document/check-link.ts'

export type Translate = (key: string, values: Record<string, unknown>) => string

export function sayVerdict(t: Translate, verdict: LinkVerdict): string {
  switch (verdict.code) {
    case 'wrong-type':
      return t('link.wrongType', { from: t(`wire.${verdict.from}`, {}), to: t(`wire.${verdict.to}`, {}) })
    case 'ring':
      return t('link.ring', { path: verdict.path.join(' → ') })
    default:
      return t('link.unknownPort', {})
  }
}
