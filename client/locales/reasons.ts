/** Why a node ran, in the language of the page. */
import type { RunReason } from '#workflows/protocol.ts'

export function sayReason(
  t: (key: string, values: Record<string, unknown>) => string,
  reason: RunReason,
): string {
  const why = t(`why.${reason.kind}`, 'name' in reason ? { name: reason.name } : {})
  return reason.fromStep === undefined ? why : t('why.fromStep', { why, step: reason.fromStep })
}
