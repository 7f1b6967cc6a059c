/** Opening workflows: files and pictures, links, what the server keeps, and examples. */
import { until } from '@vueuse/core'
import type { Workflow } from '#workflows/format.ts'
import { openShared, openStored } from '../api/library.ts'
import { workflow } from '../document/workflow-document.ts'
import { emptyWorkflow, readWorkflowFile } from '../document/file.ts'
import { FileError } from '../document/file-error.ts'
import { translate } from '../locales/i18n.ts'
import { sayError } from '../locales/say-error.ts'
import { openWorkflow } from '../session.ts'
import { useDialogs } from '../stores/dialogs.ts'
import { leaveField } from '../stores/leave-field.ts'
import { useNotices } from '../stores/notices.ts'
import { useServer } from '../stores/server.ts'
import { useTabs, type TabStart } from '../stores/tabs.ts'
import { differences } from './differences.ts'

export function newWorkflow(): void {
  openWorkflow(emptyWorkflow)
}

/** Opens each of the files in a tab, once it is settled what differs of the one before; says why where it cannot. */
export async function openFiles(files: FileList | null | undefined): Promise<void> {
  for (const file of [...(files ?? [])])
    await attempt(async () => {
      await until(() => useDialogs().open?.kind === 'differences').toBe(false)
      const workflow = readWorkflowFile(file.name, new Uint8Array(await file.arrayBuffer()))
      show(workflow, file.name)
      useNotices().say(translate('notice.opened', { name: file.name }))
    })
}

/** Opens what the server keeps under an id, or goes to the tab where it is open already. */
export async function openFromServer(id: string): Promise<void> {
  const tabs = useTabs()
  const known = tabs.tabs.find(({ stored }) => stored?.id === id)
  if (known) return tabs.activate(known.id)
  await attempt(async () => {
    const { workflow, name, rev } = await openStored(id)
    show(workflow, name, { stored: { id, rev } })
  })
}

/** Opens a workflow as it was in a revision, in a tab of its own that is not saved yet. */
export async function openRevision(id: string, rev: number): Promise<void> {
  await attempt(async () => {
    const { workflow, name } = await openStored(id, rev)
    show(workflow, name)
  })
}

/** Makes the open workflow what it was in a revision, as one entry of its history. */
export async function restoreRevision(id: string, rev: number): Promise<void> {
  await attempt(async () => {
    const { workflow: old } = await openStored(id, rev)
    if (useTabs().active?.stored?.id !== id) return
    workflow.editFile('restore', (draft) => {
      for (const key of Object.keys(draft.file)) if (!Object.hasOwn(old, key)) draft.drop([key])
      for (const [key, value] of Object.entries(old)) draft.put([key], value)
    })
    useNotices().say(translate('notice.restored', { rev }))
  })
}

const sharedAddress = /^#\/s\/([A-Za-z0-9_-]{8,128})$/

/** The hash that the page's address names; null when it names none. */
export function sharedHash(address: string): string | null {
  return sharedAddress.exec(address)?.[1] ?? null
}

/** Opens the workflow of a link, and takes it out of the address: a reload must not open it again. */
export async function openLink(): Promise<void> {
  const hash = sharedHash(location.hash)
  if (hash === null) return
  history.replaceState(null, '', location.pathname + location.search)
  await attempt(async () => {
    const workflow = await openShared(hash)
    show(workflow, workflow.name ?? translate('bar.untitled'))
  })
}

/** Opens a workflow that came from elsewhere, and says what of it this machine has otherwise. */
function show(workflow: Workflow, name: string, start: TabStart = {}): void {
  const { catalogue, models } = useServer()
  const tab = openWorkflow(workflow, start).id
  const found = useServer().loaded ? differences(workflow, catalogue, models) : []
  if (found.length > 0) useDialogs().show({ kind: 'differences', tab, name, found })
}

async function attempt(act: () => Promise<void>): Promise<void> {
  try {
    await act()
  } catch (error) {
    useNotices().say(sayError(error), 'bad', error instanceof FileError ? error.faults : [])
  }
}

/** Closes a tab; asks first where that would lose something. */
export function closeTab(id: string): void {
  leaveField()
  const tabs = useTabs()
  const tab = tabs.tabs.find((other) => other.id === id)
  if (!tab) return
  if (tabs.isUnsaved(tab) && Object.keys(tabs.documentOf(tab).nodes).length > 0)
    useDialogs().show({ kind: 'close-tab', tab: id })
  else tabs.close(id)
}
