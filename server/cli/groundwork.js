#!/usr/bin/env node
// The one file in plain JavaScript: it teaches node to read TypeScript, then hands over.
import { register } from 'tsx/esm/api'

// A key `__proto__` in somebody's file then reaches nothing.
delete Object.prototype.__proto__

register()
const { main } = await import('./main.ts')
process.exitCode = await main(process.argv.slice(2))
