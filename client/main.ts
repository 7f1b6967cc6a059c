/** Starts the editor. */
import './no-eval.ts'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { i18n } from './locales/i18n.ts'
import { startSession } from './session.ts'
import './styles.css'

const app = createApp(App)
app.use(createPinia())
app.use(i18n)
void startSession()
app.mount('#app')
