/** The page where a browser shows the token of the server, where the server asks for one. */
import '../no-eval.ts'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { i18n } from '../locales/i18n.ts'
import '../styles.css'
import SignIn from './SignIn.vue'

createApp(SignIn).use(createPinia()).use(i18n).mount('#app')
