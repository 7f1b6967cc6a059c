/** A server that is told secrets and meets an error, in a process of its own; what it answers is printed. */
import { log } from '#server/log.ts'
import { FakeRunner } from './fake-runner.ts'
import { openEditor, startFakeServer, workflowOf } from './toy-server.ts'

const token = 'canary-token-of-this-test'

FakeRunner.prototype.describe = () => Promise.reject(new Error('a fault deep inside'))

const server = await startFakeServer({ address: '127.0.0.1', names: [], token })
const authorization = `Bearer ${token}`
const workflow = workflowOf({ greeting: { type: 'toy/text', values: { text: 'canary prompt' } } })

async function say(path: string, body?: unknown, headers: Record<string, string> = { authorization }) {
  const method = body === undefined ? 'GET' : 'POST'
  const answer = await fetch(`${server.url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  console.log(answer.status, await answer.text())
}

await say('/api/session', { token })
await say('/api/session', { token: 'canary guess' })
await say('/api/nodes')
await say('/api/nodes', undefined, { authorization: 'Bearer canary-wrong' })
await say('/api/nodes', undefined, { cookie: 'groundwork=canary' })
await say('/api/jobs', { workflow })
await say('/api/jobs', { workflow: { ...workflow, canary: 1 } })
await say('/api/jobs', 'canary')
await say('/api/none?token=canary')
const editor = await openEditor(server, { authorization })
await editor.socket.emitWithAck('run', { workflow })
await editor.socket.emitWithAck('validate', { workflow: 'canary' })
editor.close()
log.error({ token, headers: { authorization, cookie: 'canary' }, job: { workflow } }, 'by mistake')
await server.close()
console.log('all was said')
