/** Starts the editor. */
import './no-eval.ts'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { i18n, translate } from './locales/i18n.ts'
import { startSession } from './session.ts'
import { useNotices } from './stores/notices.ts'
import './styles.css'

const app = createApp(App)
app.use(createPinia())
app.use(i18n)
startSession().catch((error: unknown) => {
  useNotices().say(translate('notice.noStart', { reason: String(error) }), 'bad')
})
app.mount('#app')
