/** Signing in where the server wants a token. */
import { readJson } from './http.ts'

/** Shows the server a token. Too many tries a minute are not looked at. */
export async function signIn(token: string): Promise<'in' | 'wrong' | 'too-many'> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch('/api/session', { method: 'POST', headers, body: JSON.stringify({ token }) })
  if (response.ok) return 'in'
  if (response.status === 401) return 'wrong'
  if (response.status === 429) return 'too-many'
  throw new Error(`The server answered ${JSON.stringify(await readJson(response))} to a token`)
}

/** Whether the server would answer: it asks for no token, or has seen it. */
export async function isSignedIn(): Promise<boolean> {
  return (await fetch('/api/session')).status !== 401
}

/** Opens the page where one signs in, when the reason for a silent line is that the session has ended. */
export async function signInAgain(): Promise<void> {
  if (!(await isSignedIn().catch(() => true))) location.assign('/sign-in')
}
