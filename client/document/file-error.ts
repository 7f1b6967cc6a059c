/** Why a file cannot be opened, as a code that the locales say. */
export type FileFault = 'too-large' | 'no-workflow' | 'broken-picture' | 'not-json' | 'not-a-workflow'

export class FileError extends Error {
  override readonly name = 'FileError'
  readonly code: FileFault
  readonly file: string
  /** What the reader said of places in the file, in its own words. */
  readonly faults: readonly string[]

  constructor(code: FileFault, file: string, faults: readonly string[] = []) {
    super(`Cannot open '${file}': ${code}`)
    this.code = code
    this.file = file
    this.faults = faults
  }
}
