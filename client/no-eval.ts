/**
 * Imported first: the page may not make code from text (its content security policy forbids it), so the checker of
 * workflow files must not try to, and it decides that when the first schema is built.
 */
import { config } from 'zod'

config({ jitless: true })
