/** Opening and saving workflow files. */
import type { Workflow } from '#workflows/format.ts'
import { FileError, readWorkflowFile, serialise } from './document/file.ts'
import { translate } from './locales/i18n.ts'
import { openWorkflow } from './session.ts'
import { useNotices } from './stores/notices.ts'

/** Opens the first of the files; says why where it cannot. */
export async function openFiles(files: FileList | null | undefined): Promise<void> {
  const file = files?.[0]
  if (!file) return
  const notices = useNotices()
  try {
    openWorkflow(readWorkflowFile(file.name, new Uint8Array(await file.arrayBuffer())))
    notices.say(translate('notice.opened', { name: file.name }))
  } catch (error) {
    if (!(error instanceof Error)) throw error
    notices.say(error.message, 'bad', error instanceof FileError ? error.faults : [])
  }
}

/** Hands the workflow to the browser as a download. */
export function saveFile(workflow: Workflow): void {
  const address = URL.createObjectURL(new Blob([serialise(workflow)], { type: 'application/json' }))
  const anchor = document.createElement('a')
  anchor.href = address
  anchor.download = `${fileName(workflow)}.json`
  anchor.click()
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}

function fileName({ name }: Workflow): string {
  const safe = (name ?? '').replace(/[\\/:*?"<>|\p{Cc}]+/gu, ' ').trim()
  return safe.slice(0, 80) || 'workflow'
}
