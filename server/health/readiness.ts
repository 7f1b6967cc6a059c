/** Whether the server can do its work: asked of the store and of the runner, at most once a second. */

export interface Check {
  readonly ok: boolean
  readonly ms: number
}

export interface Readiness {
  readonly ok: boolean
  readonly checks: Readonly<Record<string, Check>>
  /** How long ago that was. */
  readonly ageMs: number
}

const freshMs = 1_000

/** @param checks each throws, or rejects, when it fails. */
export function readiness(
  checks: Readonly<Record<string, () => void | Promise<void>>>,
  now: () => number = () => performance.now(),
): () => Promise<Readiness> {
  let last: { readonly at: number; readonly results: Promise<Record<string, Check>> } | null = null

  async function look(): Promise<Record<string, Check>> {
    const results = Object.entries(checks).map(async ([name, check]) => {
      const begin = now()
      const ok = await Promise.resolve()
        .then(check)
        .then(
          () => true,
          () => false,
        )
      return [name, { ok, ms: Math.round(now() - begin) }] as const
    })
    return Object.fromEntries(await Promise.all(results))
  }

  return async () => {
    if (!last || now() - last.at >= freshMs) last = { at: now(), results: look() }
    const { at, results } = last
    const done = await results
    return {
      ok: Object.values(done).every(({ ok }) => ok),
      checks: done,
      ageMs: Math.round(now() - at),
    }
  }
}
