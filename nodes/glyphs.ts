/**
 * Letters for labels on pictures, 5 × 7 dots and two more below the line: a picture looks the same on every machine,
 * whatever fonts it has. A glyph is digits of base 32, one per row from the top; 16 is its leftmost dot.
 */
export const glyphWidth = 5
export const glyphHeight = 9

// prettier-ignore
const alphabet: Readonly<Record<string, string>> = {
  ' ': '0000000', '!': '4444404', '"': 'aaa0000', '#': 'aavavaa', $: '4fke5u4', '%': 'op248j3', '&': 'cik8lid',
  "'": '4480000', '(': '2488842', ')': '8422248', '*': '04lel40', '+': '044v440', ',': '00000cc48', '-': '000v000',
  '.': '00000cc', '/': '01248g0', 0: 'ehjlphe', 1: '4c4444e', 2: 'eh1248v', 3: 'v2421he', 4: '26aiv22',
  5: 'vgu11he', 6: '68guhhe', 7: 'v124888', 8: 'ehhehhe', 9: 'ehhf12c', ':': '0cc0cc0', ';': '0cc0cc48',
  '<': '248g842', '=': '00v0v00', '>': '8421248', '?': 'eh12404', '@': 'eh1dlle', A: 'ehhvhhh', B: 'uhhuhhu',
  C: 'ehggghe', D: 'sihhhis', E: 'vgguggv', F: 'vgguggg', G: 'ehgnhhf', H: 'hhhvhhh', I: 'e44444e', J: '72222ic',
  K: 'hikokih', L: 'ggggggv', M: 'hrllhhh', N: 'hhpljhh', O: 'ehhhhhe', P: 'uhhuggg', Q: 'ehhhlid', R: 'uhhukih',
  S: 'fgge11u', T: 'v444444', U: 'hhhhhhe', V: 'hhhhha4', W: 'hhhllla', X: 'hha4ahh', Y: 'hhha444', Z: 'v1248gv',
  '[': 'e88888e', '\\': '0g84210', ']': 'e22222e', '^': '4ah0000', _: '000000v', '`': '8420000', a: '00e1fhf',
  b: 'ggmphhu', c: '00egghe', d: '11djhhf', e: '00ehvge', f: '698s888', g: '00fhhhf1e', h: 'ggmphhh', i: '40c444e',
  j: '2062222ic', k: 'ggikoki', l: 'c44444e', m: '00qllhh', n: '00mphhh', o: '00ehhhe', p: '00uhhhugg', q: '00fhhhf11',
  r: '00mpggg', s: '00ege1u', t: '88s8896', u: '00hhhjd', v: '00hhha4', w: '00hhlla', x: '00ha4ah', y: '00hhhhf1e',
  z: '00v248v', '{': '2448442', '|': '4444444', '}': '8442448', '~': '008l200', 'τ': '00v4452', 'β': 'ehuhhug',
  'σ': '00fiiic', '×': '0ha4ah0', '…': '000000l', '−': '000v000', '–': '000v000', '’': '4480000',
}

/** What stands for every letter that has none: a frame. */
const unknown = 'vhhhhhv'

/** Rows from the top, each a number of five bits. Accents are left away; they would need more rows. */
export function glyphRows(letter: string): number[] {
  const plain = letter.normalize('NFD').replace(/\p{M}/gu, '')
  const glyph = Object.hasOwn(alphabet, plain) ? alphabet[plain] : unknown
  return [...(glyph ?? unknown)].map((digit) => parseInt(digit, 32))
}
