/** What `JSON.parse` does not tell: how deep a text is nested, and whether an object names a key twice. */
export interface JsonScan {
  readonly depth: number
  /** The first key that its object has already; null where there is none. */
  readonly duplicate: string | null
}

/**
 * Scans text in one pass, in linear time whatever it holds. Text that is no JSON gives some result and no error:
 * parse it as well.
 */
export function scanJson(text: string): JsonScan {
  const open: Set<string>[] = []
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]
    if (sign === '{' || sign === '[') depth = Math.max(depth, open.push(new Set()))
    else if (sign === '}' || sign === ']') open.pop()
    else if (sign === '"') {
      const end = endOfString(text, at)
      const keys = open.at(-1)
      if (keys && isKey(text, end)) {
        const key = unquote(text.slice(at, end))
        if (keys.has(key)) return { depth, duplicate: key }
        keys.add(key)
      }
      at = end - 1
    }
  }
  return { depth, duplicate: null }
}

/** Index behind the closing quote of the string that opens at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at + 1
}

function isKey(text: string, end: number): boolean {
  let at = end
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at++
  return text[at] === ':'
}

/** Two spellings of one name, such as `"a"` and `"\u0061"`, are one key. */
function unquote(quoted: string): string {
  try {
    return JSON.parse(quoted) as string
  } catch {
    return quoted
  }
}
