import { fileURLToPath } from 'node:url'

/** Folder of nodes that greet, paint, wait, hang and die. */
export const toyNodesDir = fileURLToPath(new URL('../toy-nodes', import.meta.url))
