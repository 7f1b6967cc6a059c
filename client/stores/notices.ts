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

  function dismiss(id: number): void {
    notices.value = notices.value.filter((notice) => notice.id !== id)
  }

  function say(text: string, tone: Notice['tone'] = 'plain', details: readonly string[] = []): void {
    const id = ++count
    notices.value = [...notices.value.slice(-3), { id, text, tone, details }]
    setTimeout(() => dismiss(id), shownForMs[tone])
  }

  return { notices, say, dismiss }
})
