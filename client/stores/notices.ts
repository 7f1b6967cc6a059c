/** Short sentences that appear at the foot of the editor and go away by themselves. */
import { defineStore } from 'pinia'
import { ref } from 'vue'

export interface Notice {
  readonly id: number
  readonly text: string
  readonly details: readonly string[]
  readonly tone: 'plain' | 'bad'
}

const shownForMs = { plain: 3500, bad: 9000 }

export const useNotices = defineStore('notices', () => {
  const notices = ref<Notice[]>([])
  let count = 0

  const timers = new Map<number, ReturnType<typeof setTimeout>>()

  function dismiss(id: number): void {
    hold(id)
    notices.value = notices.value.filter((notice) => notice.id !== id)
  }

  function say(text: string, tone: Notice['tone'] = 'plain', details: readonly string[] = []): void {
    const id = ++count
    notices.value = [...notices.value.slice(-3), { id, text, tone, details }]
    release(id)
  }

  /** Lets a notice stand for as long as somebody is at it. */
  function hold(id: number): void {
    clearTimeout(timers.get(id))
    timers.delete(id)
  }

  /** The notice goes away after its time. */
  function release(id: number): void {
    const tone = notices.value.find((notice) => notice.id === id)?.tone
    if (!tone) return
    hold(id)
    timers.set(
      id,
      setTimeout(() => dismiss(id), shownForMs[tone]),
    )
  }

  return { notices, say, dismiss, hold, release }
})
