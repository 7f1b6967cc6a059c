// The arrows of ARCHITECTURE.md, kept by a tool: a room may import only what its row allows.
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript'
import { importX } from 'eslint-plugin-import-x'
import vue from 'eslint-plugin-vue'
import tseslint from 'typescript-eslint'

/** Files of `nodes/` that make up the contract: pure data and types, safe in a browser. */
const contract = [
  './wire-types.ts',
  './node-info.ts',
  './boxes.ts',
  './keypoints.ts',
  './gate-strength.ts',
  './editing-marks.ts',
  './list-text.ts',
  './seed.ts',
]

const arrow = (target, from, message, except) => ({ target, from, message, ...(except && { except }) })

const arrows = [
  arrow('./inference', './nodes', 'inference knows numbers and networks, not nodes'),
  arrow('./inference', './workflows', 'inference knows numbers and networks, not workflows'),
  arrow('./inference', './server', 'inference must run without the server'),
  arrow('./nodes', './workflows', 'a node does not know the workflow it stands in'),
  arrow('./nodes', './server', 'a node reaches the world only through its run context'),
  arrow('./nodes', './client', 'a node does not know how it is drawn'),
  arrow('./workflows', './nodes', 'workflows know what a node is, not which nodes exist', contract),
  arrow('./workflows', './inference', 'a workflow is data; it runs no network'),
  arrow('./workflows', './server', 'a workflow is data; it does not know who runs it'),
  arrow('./workflows', './client', 'a workflow is data; it does not know who draws it'),
  arrow('./server', './client', 'the server serves the built editor as files and imports none of it'),
  arrow('./server/engine', './server/http', 'the engine knows no HTTP'),
  arrow('./server/engine', './server/sockets', 'the engine knows no sockets'),
  arrow('./server/engine', './server/runner', 'the engine does not know which process it runs in'),
  arrow('./client', './server', 'the editor speaks to the server through workflows/protocol.ts'),
  arrow('./client', './inference', 'the editor runs no network'),
  arrow('./client', './nodes', 'the editor gets the nodes as a catalogue, as JSON', contract),
]

export default tseslint.config(
  {
    ignores: ['**/dist/', '**/node_modules/', 'models/', 'training/', 'data/', 'out/'],
  },
  ...tseslint.configs.strict,
  ...vue.configs['flat/essential'],
  { files: ['**/*.vue'], languageOptions: { parserOptions: { parser: tseslint.parser } } },
  {
    plugins: { 'import-x': importX },
    // Without these, lint does not see that a text handed to a timer is run.
    languageOptions: {
      globals: { setTimeout: 'readonly', setInterval: 'readonly', setImmediate: 'readonly' },
    },
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver({ project: ['tsconfig.json'] })] },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones: arrows }],
      'import-x/no-cycle': 'error',
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error',
      'no-restricted-imports': [
        'error',
        {
          paths: [
            { name: 'vm', message: 'No code runs from data' },
            { name: 'node:vm', message: 'No code runs from data' },
          ],
        },
      ],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-invalid-void-type': 'off',
      'max-lines': ['error', { max: 400 }],
      'vue/multi-word-component-names': 'off',
    },
  },
)
