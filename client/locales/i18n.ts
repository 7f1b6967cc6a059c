/** The languages of the editor. Messages are interpreted, not compiled to code, so that no eval is needed. */
import { createI18n } from 'vue-i18n'
import en from './en.ts'
import zh from './zh-CN.ts'

export const i18n = createI18n({
  legacy: false,
  locale: 'en',
  fallbackLocale: 'en',
  messages: { en, 'zh-CN': zh },
})

/** A message outside components. A `count` among the values also picks the plural form. */
export function translate(key: string, values: Record<string, unknown> = {}): string {
  const { count } = values
  return typeof count === 'number' ? i18n.global.t(key, values, count) : i18n.global.t(key, values)
}
