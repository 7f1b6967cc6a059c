import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkParam } from '#server/engine/prepare.ts'
import { projectDir } from '#server/config.ts'
import { catalogueOf, loadRegistry } from '#server/registry.ts'
import { valueFaults } from '#workflows/check-value.ts'

const registry = await loadRegistry(join(projectDir, 'nodes'))
const catalogue = catalogueOf(registry, { models: ['m'], adapters: ['auto'] })

const params = [...registry.values()].flatMap((node) =>
  Object.entries(node.params).flatMap(([name, schema]) => {
    const info = catalogue[node.type]?.params[name]
    return info && info.widget !== 'choice' ? [{ place: `${node.type}.${name}`, name, schema, info }] : []
  }),
)

const anyValue = fc.oneof(
  fc.constantFrom(
    '',
    'cats/dogs',
    'a cat',
    'xyz',
    '1, 2, 3',
    '1..100',
    'one, two',
    '0.3 0.5',
    '-1',
    'a'.repeat(64),
  ),
  fc.constantFrom('f'.repeat(64), 'x'.repeat(10_001), 'line\n'.repeat(65), '١', '2^53', '\n', 'a\nb'),
  fc.constantFrom(0, -0, 1, 1.5, -3, 64, 1e20, -1e20, 2 ** 53, 5e-324, true, null, [], {}),
  fc.string(),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
)

/** What a file says and a run takes; the run's own sentences stand elsewhere. */
describe('a value that a workflow is judged fine with', () => {
  it.each(params)(
    'is taken by $place when it runs, and one that is blamed is not',
    ({ name, schema, info }) => {
      fc.assert(
        fc.property(anyValue, (value) => {
          const isFine = valueFaults(info, value).length === 0
          const isTaken = schema.safeParse(value).success
          if (isFine) expect(() => checkParam(name, schema, value)).not.toThrow()
          expect(isFine).toBe(isTaken)
        }),
      )
    },
  )
})
