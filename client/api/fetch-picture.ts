/** Fetches a picture of our own server. */

/**
 * A step of a run is drawn when it is asked for; while the runner has no time for that, it is asked for again.
 *
 * @param isWanted whether the picture is still to be shown.
 * @throws Error when there is no such picture, or nobody wants it any more.
 */
export async function fetchPicture(address: string, isWanted: () => boolean): Promise<Blob> {
  for (;;) {
    const response = await fetch(address)
    if (response.ok) return response.blob()
    if (response.status !== 503 || !isWanted()) throw new Error(`The server answered ${response.status}`)
    const seconds = Number(response.headers.get('retry-after') ?? 1)
    await new Promise((resolve) => setTimeout(resolve, 1000 * Math.min(Math.max(seconds, 0.2), 10)))
  }
}
