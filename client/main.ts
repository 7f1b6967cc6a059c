/** Starts the editor. */
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { config } from 'zod'
import App from './App.vue'
import { i18n } from './locales/i18n.ts'
import { startSession } from './session.ts'
import './styles.css'

// The page may not make code from text, so the checker of workflow files must not try to.
config({ jitless: true })

const app = createApp(App)
app.use(createPinia())
app.use(i18n)
startSession()
app.mount('#app')
