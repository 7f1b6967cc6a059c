import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

const server = 'http://127.0.0.1:8199'

/** The server answers only requests that are addressed to it and come from its own page. */
const asItself = { target: server, changeOrigin: true, headers: { origin: server } }

const page = (name: string) => fileURLToPath(new URL(`${name}.html`, import.meta.url))

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [vue()],
  define: {
    __VUE_OPTIONS_API__: false,
    __VUE_PROD_DEVTOOLS__: false,
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: false,
    __VUE_I18N_LEGACY_API__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
  },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    chunkSizeWarningLimit: 700,
    // Whoever hands the built editor on hands on the notices of what is in it.
    license: { fileName: 'licenses.md' },
    rolldownOptions: { input: [page('index'), page('sign-in')] },
  },
  server: {
    proxy: {
      // Not `/api` alone: the folder `api/` of the editor is served from there too.
      '^/api/[^.]+$': asItself,
      '/socket.io': { ...asItself, ws: true },
    },
  },
})
