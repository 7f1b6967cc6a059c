/** Saving workflows: on the server, as a file, inside a picture, as a link. */
import type { Workflow } from '#workflows/format.ts'
import { pictureUrl } from '../api/machine.ts'
import { RevConflict, saveStored, share } from '../api/library.ts'
import { setName } from '../document/edits.ts'
import { serialise } from '../document/file.ts'
import { writePngText } from '../document/png-text.ts'
import { workflow } from '../document/workflow-document.ts'
import { translate } from '../locales/i18n.ts'
import { sayError } from '../locales/say-error.ts'
import { useDialogs } from '../stores/dialogs.ts'
import { freshId } from '../stores/fresh-id.ts'
import { useNotices } from '../stores/notices.ts'
import { useScrub } from '../stores/scrub.ts'
import { useServer } from '../stores/server.ts'
import { useTabs, type Tab } from '../stores/tabs.ts'
import { stamped } from './differences.ts'
import { paintGraph } from './graph-picture.ts'

/** The workflow as it leaves this machine. */
export function outgoing(document: Workflow): Workflow {
  const { catalogue, models } = useServer()
  return stamped(document, catalogue, models)
}

/** Saves over the revision that the tab came from; one that was never saved is given a name first. */
export async function save(thenClose = false): Promise<void> {
  workflow.split()
  await inTurn(async (tab) => {
    if (tab.stored) await put(tab, tab.stored.id, tab.stored.rev)
    else useDialogs().show({ kind: 'save-as', ...(thenClose && { thenClose }) })
    if (thenClose) closeSaved(tab.id)
  })
}

/** Saves under a name, as a workflow of its own. */
export async function saveAs(name: string, thenClose = false): Promise<void> {
  workflow.editFile('rename', (draft) => setName(draft, name))
  await inTurn(async (tab) => {
    await put(tab, freshId(), 0)
    if (thenClose) closeSaved(tab.id)
  })
}

/** Saves over whatever stands there, which the person has been told of. */
export async function saveOver(rev: number): Promise<void> {
  await inTurn((tab) => (tab.stored ? put(tab, tab.stored.id, rev) : Promise.resolve()))
}

/** The saving of each tab that began last: the next one waits for the revision that it makes. */
const turns = new Map<string, Promise<void>>()

/** Does something with the active tab, as it is once the saving of it that is under way has ended. */
function inTurn(act: (tab: Tab) => Promise<void>): Promise<void> {
  const tabs = useTabs()
  const id = tabs.activeId
  if (id === null) return Promise.resolve()
  const now = () => {
    const tab = tabs.tabs.find((other) => other.id === id)
    return tab && act(tab)
  }
  // One that broke off does not keep the next from its turn.
  const turn = (turns.get(id) ?? Promise.resolve()).then(now, now)
  turns.set(id, turn)
  return turn
}

async function put(tab: Tab, id: string, rev: number): Promise<void> {
  const tabs = useTabs()
  const sent = tabs.documentOf(tab)
  try {
    const { rev: now, name } = await saveStored(id, rev, outgoing(sent))
    tabs.update(tab.id, { clean: sent, stored: { id, rev: now } })
    useNotices().say(translate('notice.saved', { name }))
  } catch (error) {
    if (error instanceof RevConflict) useDialogs().show({ kind: 'conflict', rev: error.rev })
    else useNotices().say(sayError(error), 'bad')
  }
}

/** What could not be saved, or was edited meanwhile, stays open. */
function closeSaved(id: string): void {
  const tabs = useTabs()
  const tab = tabs.tabs.find((other) => other.id === id)
  if (tab?.stored && !tabs.isUnsaved(tab)) tabs.close(id)
}

/** Hands the workflow to the browser as a download. */
export function exportJson(): void {
  const document = workflow.current.value
  download(
    new Blob([serialise(outgoing(document))], { type: 'application/json' }),
    `${fileName(document)}.json`,
  )
}

/** The picture that is looked at, or else one of the graph, with the workflow as it stands inside. */
export async function exportPng(): Promise<void> {
  const document = workflow.current.value
  const { output } = useScrub()
  const made = output ? await fetch(pictureUrl(output.picture)).catch(() => null) : null
  const picture = made?.ok ? await made.blob() : await paintGraph(document, useServer().catalogue)
  const bytes = new Uint8Array(await picture.arrayBuffer())
  const file = writePngText(bytes, 'groundwork', JSON.stringify(outgoing(document)))
  download(new Blob([file], { type: 'image/png' }), `${fileName(document)}.png`)
}

/** Puts the workflow where a link leads to it, and shows the link. */
export async function shareLink(): Promise<void> {
  try {
    const hash = await share(outgoing(workflow.current.value))
    useDialogs().show({ kind: 'share', address: `${location.origin}${location.pathname}#/s/${hash}` })
  } catch (error) {
    useNotices().say(sayError(error), 'bad')
  }
}

function download(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob)
  const anchor = document.createElement('a')
  anchor.href = address
  anchor.download = name
  anchor.click()
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}

function fileName({ name }: Workflow): string {
  const safe = (name ?? '').replace(/[\\/:*?"<>|\p{Cc}]+/gu, ' ').trim()
  return safe.slice(0, 80) || 'workflow'
}
