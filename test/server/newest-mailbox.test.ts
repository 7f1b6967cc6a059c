import { describe, expect, it } from 'vitest'
import { NewestMailbox } from '#server/sockets/newest-mailbox.ts'

function open(isWritable: boolean) {
  const line = { isWritable, sent: [] as string[] }
  const mailbox = new NewestMailbox(() => line.isWritable)
  return {
    line,
    offer: (node: string, step: number) => mailbox.offer(node, () => line.sent.push(`${node} ${step}`)),
    flush: () => mailbox.flush(),
  }
}

describe('the mailbox of a socket', () => {
  it('sends at once what the connection takes', () => {
    const { line, offer } = open(true)
    for (const step of [0, 1, 2]) offer('unet', step)
    expect(line.sent).toEqual(['unet 0', 'unet 1', 'unet 2'])
  })

  it('sends only the newest of each key once a slow connection takes more', () => {
    const { line, offer, flush } = open(false)
    for (const step of [0, 1, 2]) offer('unet', step)
    offer('other', 0)
    line.isWritable = true
    flush()
    flush()
    expect(line.sent).toEqual(['unet 2', 'other 0'])
  })
})
