/** The picture that a person drops or pastes. */

const kinds = ['image/png', 'image/jpeg', 'image/webp']

/** The first picture among what is dropped or pasted; null when there is none. */
export function pictureFileOf(event: DragEvent | ClipboardEvent): File | null {
  const data = 'clipboardData' in event ? event.clipboardData : (event as DragEvent).dataTransfer
  return [...(data?.files ?? [])].find(({ type }) => kinds.includes(type)) ?? null
}

export const acceptedPictures = kinds.join(',')
