/** What a graph of toy nodes gives, worked out from the rules alone: recursively, without order, cache or events. */

export type Mode = 'mute' | 'bypass'

/** A node that takes values from nodes before it in the list, by index. */
export type Spec = { readonly mode?: Mode | undefined } & (
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'list'; readonly count: number }
  | { readonly kind: 'add'; readonly a: number; readonly b: number | null; readonly plus: number }
  | { readonly kind: 'sum'; readonly values: number }
  | {
      readonly kind: 'choose'
      readonly by: number | null
      readonly set: number
      readonly odd: number
      readonly even: number
    }
)

/** `none` where it does not run or has nothing to give: muted, failed, or waiting for what is. */
type Given =
  | { readonly kind: 'one'; readonly value: number }
  | { readonly kind: 'list'; readonly values: readonly number[] }
  | { readonly kind: 'none' }

const none: Given = { kind: 'none' }

/** The values that every node gives, one after the other. */
export function expected(specs: readonly Spec[]): (readonly number[])[] {
  const oracle = new Oracle(specs)
  return specs.map((_, index) => {
    const given = oracle.given(index)
    return given.kind === 'list' ? given.values : given.kind === 'one' ? [given.value] : []
  })
}

class Oracle {
  readonly #specs: readonly Spec[]

  constructor(specs: readonly Spec[]) {
    this.#specs = specs
  }

  /** Through bypassed nodes to the one behind. */
  #behind(index: number): number {
    const spec = this.#spec(index)
    if (spec.mode !== 'bypass') return index
    if (spec.kind === 'add') return this.#behind(spec.a)
    if (spec.kind === 'sum') return this.#behind(spec.values)
    return spec.kind === 'choose' ? this.#behind(spec.odd) : index
  }

  given(index: number): Given {
    const at = this.#behind(index)
    return this.#isSilent(at) ? none : this.#run(at)
  }

  #isSilent(index: number): boolean {
    const spec = this.#spec(index)
    const behind = (source: number) => this.#isSilent(this.#behind(source))
    if (spec.mode === 'mute') return true
    if (spec.kind === 'add') return behind(spec.a)
    if (spec.kind === 'sum') return behind(spec.values)
    if (spec.kind === 'choose')
      return behind(spec.odd) || behind(spec.even) || (spec.by !== null && behind(spec.by))
    return false
  }

  /** Whether it gives lists, whatever the values. */
  #isList(index: number): boolean {
    const spec = this.#spec(this.#behind(index))
    if (spec.kind === 'list') return true
    if (spec.kind === 'add')
      return this.#isList(spec.a) || (spec.b !== null && this.#hears(spec.b) && this.#isList(spec.b))
    if (spec.kind !== 'choose') return false
    return [spec.odd, spec.even, ...(spec.by === null ? [] : [spec.by])].some((source) =>
      this.#isList(source),
    )
  }

  #hears(source: number): boolean {
    return !this.#isSilent(this.#behind(source))
  }

  #run(index: number): Given {
    const spec = this.#spec(index)
    switch (spec.kind) {
      case 'number':
        return { kind: 'one', value: spec.value }
      case 'list':
        return { kind: 'list', values: Array.from({ length: spec.count }, (_, i) => i + 1) }
      case 'sum': {
        const given = this.given(spec.values)
        const values = given.kind === 'list' ? given.values : given.kind === 'one' ? [given.value] : null
        return values ? { kind: 'one', value: values.reduce((sum, value) => sum + value, 0) } : none
      }
      case 'add': {
        const b = spec.b !== null && this.#hears(spec.b) ? this.given(spec.b) : null
        const values = [this.given(spec.a), ...(b ? [b] : [])]
        return perItem(values, this.#isList(index), ([a = 0, other = 0]) => a + other + spec.plus)
      }
      case 'choose': {
        const by = spec.by === null ? ({ kind: 'one', value: spec.set } as const) : this.given(spec.by)
        if (by.kind === 'none') return none
        const asked = new Set(
          (by.kind === 'list' ? by.values : [by.value]).map((value) =>
            value % 2 === 0 ? spec.even : spec.odd,
          ),
        )
        const branches = new Map([...asked].map((source) => [source, this.given(source)]))
        const sources = [...branches.keys()]
        return perItem([by, ...branches.values()], this.#isList(index), ([value = 0, ...rest]) => {
          return rest[sources.indexOf(value % 2 === 0 ? spec.even : spec.odd)] ?? NaN
        })
      }
    }
  }

  #spec(index: number): Spec {
    const spec = this.#specs[index]
    if (!spec) throw new RangeError(`Cannot ask for node ${index}: there are ${this.#specs.length}`)
    return spec
  }
}

function perItem(
  given: readonly Given[],
  isList: boolean,
  value: (items: readonly number[]) => number,
): Given {
  if (given.some(({ kind }) => kind === 'none')) return none
  const lengths = new Set(given.flatMap((one) => (one.kind === 'list' ? [one.values.length] : [])))
  if (lengths.size > 1) return none
  const [length = 1] = lengths
  const at = (index: number) =>
    value(
      given.map((one) =>
        one.kind === 'list' ? (one.values[index] ?? NaN) : one.kind === 'one' ? one.value : NaN,
      ),
    )
  const values = Array.from({ length }, (_, index) => at(index))
  return isList ? { kind: 'list', values } : { kind: 'one', value: values[0] ?? NaN }
}
