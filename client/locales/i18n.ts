/** The languages of the editor. Messages are interpreted, not compiled to code, so that no eval is needed. */
import { createI18n } from 'vue-i18n'
import en from './en.ts'
import graphEn from './graph.en.ts'
import graphZh from './graph.zh-CN.ts'
import runningEn from './running.en.ts'
import runningZh from './running.zh-CN.ts'
import zh from './zh-CN.ts'

const moment = { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' } as const
const clock = { hour: '2-digit', minute: '2-digit', second: '2-digit' } as const

export const i18n = createI18n({
  legacy: false,
  locale: 'en',
  fallbackLocale: 'en',
  messages: {
    en: { ...en, ...graphEn, ...runningEn },
    'zh-CN': { ...zh, ...graphZh, ...runningZh },
  },
  datetimeFormats: { en: { moment, clock }, 'zh-CN': { moment, clock } },
})

/** A message outside components. A `count` among the values also picks the plural form. */
export function translate(key: string, values: Record<string, unknown> = {}): string {
  const { count } = values
  return typeof count === 'number' ? i18n.global.t(key, values, count) : i18n.global.t(key, values)
}
