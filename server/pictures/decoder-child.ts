/** The process that decodes pictures from outside, one after the other. */
import { importPicture } from './import-picture.ts'
import type { FromDecoder } from './picture-decoder.ts'
import { PictureError } from './picture-file.ts'

process.on('message', (bytes) => void answer(bytes as Uint8Array))
// Without a server there is nobody to decode for.
process.once('disconnect', () => process.exit(0))
// Ctrl-C reaches every process of a terminal; the server decides when this one ends.
process.on('SIGINT', () => undefined)

async function answer(bytes: Uint8Array): Promise<void> {
  send({ kind: 'began' })
  try {
    send({ kind: 'decoded', picture: await importPicture(bytes) })
  } catch (error) {
    if (!(error instanceof PictureError)) throw error
    send({ kind: 'refused', code: error.code, message: error.message })
  }
}

function send(message: FromDecoder): void {
  process.send?.(message)
}
