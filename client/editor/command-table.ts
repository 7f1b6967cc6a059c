/**
 * Every command, once: the keyboard, the sheet of keys, the menus and the command finder are all made from this table.
 * To add a command is to add an entry to `graph-commands.ts` or `page-commands.ts`, and its name to the locales.
 */
import { pageCommands } from '../panels/page-commands.ts'
import { keysOfEvent, showKey, type Command } from './command.ts'
import { graphCommands } from './graph-commands.ts'

export const commands: readonly Command[] = [...pageCommands, ...graphCommands]

const byId = new Map(commands.map((command) => [command.id, command]))

/** The keys of a command as a person reads them; empty where it has none. */
export function keysOf(id: string): string {
  return showKey(byId.get(id)?.keys[0] ?? '')
}

const byKey = new Map(
  commands.flatMap((command) => command.keys.map((key) => [key.toLowerCase(), command] as const)),
)

/** The command that a key press asks for. */
export function commandFor(event: KeyboardEvent): Command | undefined {
  return byKey.get(keysOfEvent(event))
}
