/** What went wrong with a file or with the server, in the language of the page. */
import { HttpFailure } from '../api/http.ts'
import { FileError } from '../document/file-error.ts'
import { own } from '../document/record.ts'
import { i18n, translate } from './i18n.ts'
import refusalsZh from './refusals.zh-CN.ts'

/** By the language; in English the server says itself what it refuses. */
const refusals: Readonly<Record<string, Readonly<Record<string, string>>>> = { 'zh-CN': refusalsZh }

export function sayError(error: unknown): string {
  if (error instanceof FileError) return translate(`fileError.${error.code}`, { name: error.file })
  if (error instanceof HttpFailure) return sayFailure(error)
  return error instanceof Error ? error.message : String(error)
}

function sayFailure({ code, status, message }: HttpFailure): string {
  if (code === 'no-answer') return translate('notice.noAnswer')
  if (code === 'no-reason') return translate('notice.noReason', { status })
  return own(refusals[i18n.global.locale.value] ?? {}, code) ?? message
}
