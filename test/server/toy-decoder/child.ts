/** A decoder that does what the last byte of the picture tells it: answers, refuses, dies or hangs. */
import type { FromDecoder } from '#server/pictures/picture-decoder.ts'

process.on('message', (message) => {
  const bytes = message as Uint8Array
  send({ kind: 'began' })
  switch (String.fromCharCode(bytes.at(-1) ?? 0)) {
    case 'd':
      process.kill(process.pid, 'SIGKILL')
      return
    case 'h':
      return
    case 'r':
      return send({ kind: 'refused', code: 'damaged', message: 'Cannot import the picture: torn' })
    default:
      send({ kind: 'decoded', picture: { png: Buffer.from(bytes), width: process.pid, height: 1 } })
  }
})
process.once('disconnect', () => process.exit(0))

function send(message: FromDecoder): void {
  process.send?.(message)
}
