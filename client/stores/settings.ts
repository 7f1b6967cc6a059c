/** What a person prefers on this machine; remembered between visits. */
import { defineStore } from 'pinia'
import { ref, watch } from 'vue'
import { z } from 'zod'

export type Language = 'en' | 'zh-CN'
export type Theme = 'dark' | 'light'
export type DockTab = 'result' | 'queue'

/** A value that cannot be used is forgotten, and the others are not. */
const saved = z.object({
  language: z.enum(['en', 'zh-CN']).optional().catch(undefined),
  theme: z.enum(['dark', 'light']).optional().catch(undefined),
  showBoxes: z.boolean().optional().catch(undefined),
  /** How fast steps are played. */
  stepsPerSecond: z.number().min(1).max(30).optional().catch(undefined),
  /** How long live mode waits after an edit, in milliseconds. */
  liveAfterMs: z.number().min(100).max(5000).optional().catch(undefined),
  dock: z.enum(['result', 'queue']).optional().catch(undefined),
})
type Saved = z.infer<typeof saved>

const key = 'groundwork.settings'

export const useSettings = defineStore('settings', () => {
  const before = load()
  const language = ref<Language>(before.language ?? browserLanguage())
  const theme = ref<Theme>(before.theme ?? 'dark')
  const showBoxes = ref(before.showBoxes ?? true)
  const stepsPerSecond = ref(before.stepsPerSecond ?? 8)
  const liveAfterMs = ref(before.liveAfterMs ?? 400)
  const dock = ref<DockTab>(before.dock ?? 'result')
  /** Whether each change is run at once. Not remembered: nobody expects a run when a page opens. */
  const live = ref(false)
  watch([language, theme, showBoxes, stepsPerSecond, liveAfterMs, dock], () => {
    store({
      language: language.value,
      theme: theme.value,
      showBoxes: showBoxes.value,
      stepsPerSecond: stepsPerSecond.value,
      liveAfterMs: liveAfterMs.value,
      dock: dock.value,
    })
  })
  return { language, theme, showBoxes, stepsPerSecond, liveAfterMs, dock, live }
})

function browserLanguage(): Language {
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en'
}

function load(): Saved {
  try {
    return saved.parse(JSON.parse(localStorage.getItem(key) ?? '{}'))
  } catch {
    return {}
  }
}

function store(preferences: Saved): void {
  try {
    localStorage.setItem(key, JSON.stringify(preferences))
  } catch {
    // A full or forbidden storage costs the memory of a preference, nothing else.
  }
}
