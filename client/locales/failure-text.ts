/** Why a run failed, in the language of the page. The server says it in English; what ended the run as a whole has a code. */
import type { Job } from '../stores/job.ts'
import { i18n, translate } from './i18n.ts'

/** The sentence of a failed run, or of one of its nodes: in other languages by code, where the run ended of what it says. */
export function failureText({ failure, message: whole }: Job, message = whole ?? ''): string {
  const isOfNode = failure === null || failure === 'nodes' || !(whole ?? '').includes(message)
  return isOfNode || i18n.global.locale.value === 'en' ? message : translate(`failureText.${failure}`)
}
