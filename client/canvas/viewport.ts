/** Where a picture lies in its room: fitted, then zoomed and moved. Lengths are in pixels of the page. */

export interface Room {
  readonly width: number
  readonly height: number
}

/** How far the picture is zoomed beyond fitting, and where its middle lies beside the middle of the room. */
export interface View {
  readonly zoom: number
  readonly x: number
  readonly y: number
}

export const fitted: View = { zoom: 1, x: 0, y: 0 }
const leastZoom = 0.5
const mostZoom = 16
const margin = 14

export interface Sheet {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** The picture's rectangle in a room, for its width over height. */
export function sheetIn(room: Room, ratio: number, { zoom, x, y }: View): Sheet {
  const free = { width: Math.max(room.width - 2 * margin, 1), height: Math.max(room.height - 2 * margin, 1) }
  const width = Math.min(free.width, free.height * ratio) * zoom
  const height = width / ratio
  return { left: (room.width - width) / 2 + x, top: (room.height - height) / 2 + y, width, height }
}

/** Zoomed by a factor so that what lies under `at`, in pixels of the room, stays there. */
export function zoomed(view: View, factor: number, at: { x: number; y: number }, room: Room): View {
  const zoom = Math.min(Math.max(view.zoom * factor, leastZoom), mostZoom)
  const [dx, dy] = [at.x - room.width / 2, at.y - room.height / 2]
  const grown = zoom / view.zoom
  return { zoom, x: dx - (dx - view.x) * grown, y: dy - (dy - view.y) * grown }
}

export function panned(view: View, dx: number, dy: number): View {
  return { ...view, x: view.x + dx, y: view.y + dy }
}
