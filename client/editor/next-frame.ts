/** Work that is done once before the next picture of the page, however often it is asked for. */
import { onScopeDispose } from 'vue'

export function useNextFrame(work: () => void): () => void {
  let frame = 0
  onScopeDispose(() => cancelAnimationFrame(frame))
  return () => {
    frame ||= requestAnimationFrame(() => {
      frame = 0
      work()
    })
  }
}
