/** What a person prefers on this machine; remembered between visits. */
import { defineStore } from 'pinia'
import { ref, watch } from 'vue'

export type Language = 'en' | 'zh-CN'
export type Theme = 'dark' | 'light'

interface Saved {
  language: Language
  theme: Theme
  showBoxes: boolean
}

const key = 'groundwork.settings'

export const useSettings = defineStore('settings', () => {
  const saved = load()
  const language = ref<Language>(saved.language ?? browserLanguage())
  const theme = ref<Theme>(saved.theme ?? 'dark')
  const showBoxes = ref(saved.showBoxes ?? false)
  watch([language, theme, showBoxes], () => {
    store({ language: language.value, theme: theme.value, showBoxes: showBoxes.value })
  })
  return { language, theme, showBoxes }
})

function browserLanguage(): Language {
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en'
}

function load(): Partial<Saved> {
  try {
    return JSON.parse(localStorage.getItem(key) ?? '{}') as Partial<Saved>
  } catch {
    return {}
  }
}

function store(saved: Saved): void {
  try {
    localStorage.setItem(key, JSON.stringify(saved))
  } catch {
    // A full or forbidden storage costs the memory of a preference, nothing else.
  }
}
