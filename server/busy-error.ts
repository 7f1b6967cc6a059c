/** What was asked for cannot be done now; a moment later it can. */
export class BusyError extends Error {
  override readonly name = 'BusyError'
}
