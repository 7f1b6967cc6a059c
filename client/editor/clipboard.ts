/** The clipboard for what gets no clipboard event, such as a menu. Over plain http from another machine browsers have none. */

const clipboard = (): Clipboard | undefined => navigator.clipboard as Clipboard | undefined

/** Whether the browser let it be written. */
export function writeClipboard(text: string): Promise<boolean> {
  const written = clipboard()?.writeText(text)
  return written ? written.then(...wentWell) : Promise.resolve(writeByCommand(text))
}

const wentWell = [() => true, () => false] as const

/** The older way, which is allowed wherever a person has just pressed something. */
function writeByCommand(text: string): boolean {
  let isWritten = false
  function write(event: ClipboardEvent): void {
    event.clipboardData?.setData('text/plain', text)
    event.preventDefault()
    event.stopImmediatePropagation()
    isWritten = true
  }
  document.addEventListener('copy', write, { capture: true, once: true })
  document.execCommand('copy')
  document.removeEventListener('copy', write, { capture: true })
  return isWritten
}

/** Null where the browser does not let it be read. */
export function readClipboard(): Promise<string | null> {
  return (
    clipboard()
      ?.readText()
      .catch(() => null) ?? Promise.resolve(null)
  )
}
