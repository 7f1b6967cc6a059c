/** Signing in where the server wants a token. */
import { reach, readJson } from './http.ts'

/**
 * Shows the server a token. Too many tries a minute are not looked at.
 *
 * @throws HttpFailure
 */
export async function signIn(token: string): Promise<'in' | 'wrong' | 'too-many'> {
  const headers = { 'content-type': 'application/json' }
  const response = await reach('/api/session', { method: 'POST', headers, body: JSON.stringify({ token }) })
  if (response.status === 401) return 'wrong'
  if (response.status === 429) return 'too-many'
  await readJson(response)
  return 'in'
}

/** Whether the server would answer: it asks for no token, or has seen it. */
export async function isSignedIn(): Promise<boolean> {
  return (await fetch('/api/session')).status !== 401
}

/** Opens the page where one signs in, when the reason for a silent line is that the session has ended. */
export async function signInAgain(): Promise<void> {
  if (!(await isSignedIn().catch(() => true))) location.assign('/sign-in')
}
