/** What a person asked for at the start cannot be: the command line shows the sentence and no stack. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}
