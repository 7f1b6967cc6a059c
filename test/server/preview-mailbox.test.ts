import { describe, expect, it } from 'vitest'
import type { PreviewHeader } from '#workflows/protocol.ts'
import { PreviewMailbox } from '#server/sockets/preview-mailbox.ts'

const header = (node: string, step: number): PreviewHeader => ({
  ...{ job: 'a', node, step, total: 9, beta: null },
  ...{ mime: 'image/png', width: 1, height: 1 },
})

function open(isWritable: boolean) {
  const line = { isWritable, sent: [] as string[] }
  const mailbox = new PreviewMailbox({
    isWritable: () => line.isWritable,
    send: ({ node, step }) => line.sent.push(`${node} ${step}`),
  })
  return {
    line,
    offer: (node: string, step: number) => mailbox.offer(header(node, step), new Uint8Array()),
    flush: () => mailbox.flush(),
  }
}

describe('the mailbox of previews', () => {
  it('sends at once what the connection takes', () => {
    const { line, offer } = open(true)
    for (const step of [0, 1, 2]) offer('unet', step)
    expect(line.sent).toEqual(['unet 0', 'unet 1', 'unet 2'])
  })

  it('sends only the newest of each node once a slow connection takes more', () => {
    const { line, offer, flush } = open(false)
    for (const step of [0, 1, 2]) offer('unet', step)
    offer('other', 0)
    line.isWritable = true
    flush()
    flush()
    expect(line.sent).toEqual(['unet 2', 'other 0'])
  })
})
