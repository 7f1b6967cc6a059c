/** Things that are costly to make, by key: of too many, the one that was used least recently is let go. */
export class RecentlyUsed<Thing> {
  readonly #most: number
  readonly #letGo: (thing: Thing) => Promise<void>
  /** In the order of use, so that the first is the one to let go. */
  readonly #things = new Map<string, Promise<Thing>>()

  constructor(most: number, letGo: (thing: Thing) => Promise<void>) {
    this.#most = most
    this.#letGo = letGo
  }

  /** What is there by that key, or else what is made now. What could not be made is made anew the next time. */
  async use(key: string, make: () => Promise<Thing>): Promise<Thing> {
    const wanted = this.#things.get(key) ?? make()
    this.#things.delete(key)
    this.#things.set(key, wanted)
    wanted.catch(() => this.#things.delete(key))
    for (const oldest of this.#things.keys()) {
      if (this.#things.size <= this.#most) break
      await this.#drop(oldest)
    }
    return wanted
  }

  async clear(): Promise<void> {
    for (const key of this.#things.keys()) await this.#drop(key)
  }

  async #drop(key: string): Promise<void> {
    const thing = this.#things.get(key)?.catch(() => null)
    this.#things.delete(key)
    const made = await thing
    if (made) await this.#letGo(made)
  }
}
