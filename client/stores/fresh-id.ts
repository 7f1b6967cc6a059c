/**
 * An id that nothing else has: 128 bits by chance. `crypto.randomUUID` is only there where the page came over https or from
 * this machine; the server is also reached by plain http from others.
 */
export function freshId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
}
