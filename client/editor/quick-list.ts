/** What a quick list shows of each thing to choose. */
export interface QuickItem {
  readonly key: string
  readonly name: string
  readonly about: string
  readonly group?: string
  readonly colour?: string
  readonly keys?: string
}

/** The items whose words hold every word of the query; those whose name begins with it come first. */
export function matching<T extends QuickItem>(items: readonly T[], query: string): T[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  const rank = ({ name, about, key }: T) => {
    const text = `${name} ${about} ${key}`.toLowerCase()
    if (!words.every((word) => text.includes(word))) return -1
    if (words.every((word) => name.toLowerCase().startsWith(word))) return 0
    return words.every((word) => name.toLowerCase().includes(word)) ? 1 : 2
  }
  return items
    .map((item) => ({ item, rank: rank(item) }))
    .filter(({ rank }) => rank >= 0)
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item)
}
