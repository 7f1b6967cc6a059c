/** Says in a few words what a value is: numbers as they are, texts quoted, everything larger by its shape. */

const longestText = 60

export function inWords(value: unknown): string {
  if (typeof value === 'string') return quote(value)
  if (Array.isArray(value)) return listInWords(value)
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} of ${value.byteLength} bytes`
  if (typeof value === 'object' && value !== null) return objectInWords(value as Record<string, unknown>)
  return String(value)
}

function quote(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > longestText
    ? `'${line.slice(0, longestText)}…' (${text.length} characters)`
    : `'${line}'`
}

function listInWords(list: readonly unknown[]): string {
  const isShort = list.length <= 4 && list.every((item) => typeof item === 'number')
  return isShort ? `[${list.join(', ')}]` : `${list.length} ${list.length === 1 ? 'entry' : 'entries'}`
}

/** Looks a value in the face: tensor, picture, mask, model, step, or whatever holds a tensor. */
function objectInWords(value: Record<string, unknown>): string {
  const { data, shape, width, height, id, hash, index, total } = value
  if (data && Array.isArray(shape)) return `tensor [${shape.join(', ')}]`
  if (data && width && height) return `${width} × ${height} pixels`
  if (typeof id === 'string' && hash !== undefined) return `model '${id}'`
  if (typeof index === 'number' && typeof total === 'number') return `step ${index + 1} of ${total}`
  if (Array.isArray(value['entities'])) {
    const figures = Array.isArray(value['figures']) ? `${value['figures'].length} figures, ` : ''
    return `${value['entities'].length} entities, ${figures}strength ${String(value['strength'])}`
  }
  const inner = value['samples'] ?? value['context']
  if (inner) return inWords(inner)
  return `object with ${Object.keys(value).slice(0, 5).join(', ')}`
}
