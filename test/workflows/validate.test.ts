import { describe, expect, test } from 'vitest'
import { limits } from '#workflows/limits.ts'
import { validateWorkflow } from '#workflows/validate.ts'
import { toyCatalogue } from '../helpers/toy-catalogue.ts'
import { workflow } from '../helpers/workflow.ts'

/** Every fault as `code path: message`. */
const faultsOf = (json: unknown) =>
  validateWorkflow(json, toyCatalogue).faults.map(
    ({ code, path, message }) => `${code} ${path.join('.')}: ${message}`,
  )

const boxes = (count: number) => Array.from({ length: count }, () => ({ phrase: 'a cat', box: [0, 0, 1, 1] }))

test('V1 a workflow that can run has no faults and is returned', () => {
  const file = workflow({
    model: ['toy/model', { model: 'large' }],
    box: ['toy/box', { boxes: boxes(30) }, { model: 'model.model' }],
    noise: ['toy/noise', { seed: '18446744073709551615' }],
  })
  expect(validateWorkflow(file, toyCatalogue)).toMatchObject({ workflow: file, faults: [] })
})

test('V1 all faults come at once', () => {
  const file = workflow({
    model: ['toy/model', { model: 'smal' }],
    box: ['toy/box', { boxes: boxes(31) }, { model: 'model.modl' }],
    decode: ['toy/decode', {}, { latent: 'model.model' }],
    empty: ['toy/decode', { latent: 3 }],
    odd: ['toy/decod'],
    a: ['toy/add', { pluss: 1 }, { a: 'b.sum', c: 'b.sum' }],
    b: ['toy/add', {}, { a: 'a.sum', b: 'gone.sum' }],
  })
  expect(faultsOf(file)).toMatchInlineSnapshot(`
    [
      "wrong-value nodes.model.values.model: Cannot run node 'model' (LoadModel): parameter 'model' cannot be 'smal', did you mean 'small'?",
      "wrong-value nodes.box.values.boxes.30: Cannot run node 'box' (BoxGrounding): box 31 is one too many: a picture holds at most 30 grounded things, remove it",
      "unknown-port nodes.box.inputs.model: Cannot run node 'box' (BoxGrounding): 'model' is linked to 'model' (LoadModel), which has no output 'modl', did you mean 'model'?",
      "wrong-link nodes.decode.inputs.latent: Cannot run node 'decode' (Decode): its 'latent' takes Latent, and 'model.model' gives Model: link something else",
      "unknown-param nodes.empty.values.latent: Cannot run node 'empty' (Decode): it has no parameter 'latent', 'latent' is an input: link it",
      "missing-input nodes.empty.inputs.latent: Cannot run node 'empty' (Decode): its input 'latent' has no link, it needs a Latent",
      "unknown-node nodes.odd.type: Cannot run node 'odd': there is no node type 'toy/decod', did you mean 'toy/decode'?",
      "unknown-param nodes.a.values.pluss: Cannot run node 'a' (Add): it has no parameter 'pluss', did you mean 'plus'?",
      "unknown-port nodes.a.inputs.c: Cannot run node 'a' (Add): it has no input 'c', did you mean 'a'?",
      "wrong-link nodes.b.inputs.b: Cannot run node 'b' (Add): 'b' is linked to 'gone', and there is no such node, there is 'model', 'box', 'decode', 'empty', 'odd', 'a', 'b'",
      "cycle nodes.a: Nodes wait for each other in a ring: a → b → a; remove one of these links",
    ]
  `)
})

describe('V4 values', () => {
  const setting = (name: string, value: unknown) =>
    faultsOf(workflow({ s: ['toy/settings', { [name]: value }] }))

  test.each([
    ['steps', 0, 'must be at least 1, is 0'],
    ['steps', 101, 'must be at most 100, is 101'],
    ['steps', 1.5, 'must be a whole number, is 1.5'],
    ['steps', 1e20, 'must be at most 100, is 100000000000000000000'],
    ['tau', '0.3', "must be a number, is '0.3'"],
    ['on', 1, 'must be true or false, is 1'],
    ['sampler', 'eulr', "cannot be 'eulr', did you mean 'euler'?"],
    ['sampler', 'heun', "cannot be 'heun', there is 'ddim', 'euler'"],
    ['name', ['x'], 'must be a text, is a list of 1'],
    ['picture', '../x', "must be the id of a stored picture (drop one on the node), is '../x'"],
  ])('%s = %o is a fault', (name, value, reason) => {
    expect(setting(name, value)).toEqual([
      `wrong-value nodes.s.values.${name}: Cannot run node 's' (Settings): parameter '${name}' ${reason}`,
    ])
  })

  test('a whole number that is no longer exact is a fault, as it is when it runs', () => {
    expect(faultsOf(workflow({ n: ['toy/number', { value: 2 ** 53 - 1 }] }))).toEqual([])
    expect(faultsOf(workflow({ n: ['toy/number', { value: -(2 ** 53) }] }))).toEqual([
      "wrong-value nodes.n.values.value: Cannot run node 'n' (Number): parameter 'value' must lie between −(2^53 − 1) and 2^53 − 1, is -9007199254740992",
    ])
  })

  test.each([-1, 1.5, 2 ** 53, '18446744073709551616', '-1', '1e3', '', null])(
    'seed %o is a fault',
    (seed) => {
      expect(faultsOf(workflow({ n: ['toy/noise', { seed }] }))).toHaveLength(1)
    },
  )

  test('a fault of a box lies at that box', () => {
    const bad = [
      ...boxes(2),
      { phrase: 'a dog', box: [0.8, 0, 0.2, 1] },
      { phrase: 'a hat', box: [0, 0, 1.5, 1] },
    ]
    const file = workflow({
      model: ['toy/model'],
      box1: ['toy/box', { boxes: bad }, { model: 'model.model' }],
    })
    expect(faultsOf(file)).toEqual([
      "wrong-value nodes.box1.values.boxes.2: Cannot run node 'box1' (BoxGrounding): box 3 is inside out: x0 0.8 > x1 0.2, swap them",
      "wrong-value nodes.box1.values.boxes.3: Cannot run node 'box1' (BoxGrounding): box 4 leaves the picture: x1 is 1.5, it must lie between 0 and 1",
    ])
  })

  test('a value that a link replaces is not judged', () => {
    const file = workflow({ n: ['toy/number'], s: ['toy/settings', { steps: 0 }, { steps: 'n.value' }] })
    expect(faultsOf(file)).toEqual([])
  })

  test('a default that this machine cannot meet is a fault', () => {
    const file = workflow({ m: ['toy/model'] })
    const { model } = toyCatalogue['toy/model']?.params ?? {}
    const bare = {
      ...toyCatalogue,
      'toy/model': { ...toyCatalogue['toy/model'], params: { model: { ...model, choices: [] } } },
    } as typeof toyCatalogue
    expect(validateWorkflow(file, bare).faults.map(({ message }) => message)).toEqual([
      "Cannot run node 'm' (LoadModel): parameter 'model' cannot be 'small', there is nothing to choose from",
    ])
  })
})

test('V3 a mistyped name is answered with the nearest one, or with what there is', () => {
  const number = (type: string) => faultsOf(workflow({ n: [type] }))
  expect(number('toy/numbr')[0]).toMatch(/there is no node type 'toy\/numbr', did you mean 'toy\/number'\?$/)
  expect(number('elsewhere/x')[0]).toMatch(/'elsewhere\/x', remove the node, or install what brings it$/)
  expect(faultsOf(workflow({ h: ['toy/half', { off: 1 }] }))[0]).toMatch(
    /no parameter 'off', did you mean 'of'\?$/,
  )
})

describe('links', () => {
  const fed = (link: string, name = 'a') =>
    faultsOf(
      workflow({
        n: ['toy/number'],
        m: ['toy/model'],
        odd: ['odd/one'],
        x: ['toy/add', {}, { a: 'n.value', [name]: link }],
      }),
    ).filter((fault) => !fault.startsWith('unknown-node'))

  test('V1 a link of the wrong type names both types', () => {
    expect(fed('m.model')).toEqual([
      "wrong-link nodes.x.inputs.a: Cannot run node 'x' (Add): its 'a' takes Int, and 'm.model' gives Model: link something else",
    ])
  })

  test('V1 a link of the wrong type names the node that could stand between', () => {
    const file = workflow({ n: ['toy/noise'], save: ['toy/save', {}, { image: 'n.latent' }] })
    expect(faultsOf(file)).toEqual([
      "wrong-link nodes.save.inputs.image: Cannot run node 'save' (Save): its 'image' takes Image, and 'n.latent' gives Latent: put a node Decode between",
    ])
  })

  test('V1 a link from a node of an unknown type is not judged', () => {
    expect(fed('odd.anything')).toEqual([])
  })

  test.each(['toString.value', 'hasOwnProperty.x', 'n.toString', 'n.valueOf'])(
    'V2 a link from %s is a fault',
    (link) => {
      expect(fed(link)).toHaveLength(1)
    },
  )

  test('V2 a node may be called toString', () => {
    expect(
      faultsOf(
        workflow({ ['toString' as string]: ['toy/number'], x: ['toy/add', {}, { a: 'toString.value' }] }),
      ),
    ).toEqual([])
  })

  test('V1 a parameter that no wire can feed cannot be linked', () => {
    const file = workflow({ n: ['toy/number'], s: ['toy/settings', {}, { sampler: 'n.value' }] })
    expect(faultsOf(file)).toEqual([
      "wrong-link nodes.s.inputs.sampler: Cannot run node 's' (Settings): parameter 'sampler' cannot be linked, write its value",
    ])
  })

  test('V1 an Int may feed a Float, a Float no Int', () => {
    const half = workflow({ n: ['toy/number'], half: ['toy/half', {}, { of: 'n.value' }] })
    expect(faultsOf(half)).toEqual([])
    const back = workflow({ half: ['toy/half'], add: ['toy/add', {}, { a: 'half.half' }] })
    expect(faultsOf(back)).toHaveLength(1)
  })
})

describe('format', () => {
  test.each([
    [null, 'This is not a Groundwork workflow: the file must be an object with "groundwork": 1'],
    [{ nodes: {} }, 'This is not a Groundwork workflow: the file must be an object with "groundwork": 1'],
    [
      { groundwork: 2, nodes: {} },
      'The workflow is of version 2, this Groundwork reads version 1: open it with a newer one',
    ],
    [{ groundwork: 1 }, "Cannot read 'nodes': it must be an object"],
    [
      { groundwork: 1, nodes: { '9a': { type: 'toy/number' } } },
      "Cannot read 'nodes.9a': this name must be a letter followed by letters, digits, _ or - (64 at most), rename it",
    ],
    [
      { groundwork: 1, nodes: { a: { type: 'toy/number', valuse: {} } } },
      "Cannot read 'nodes.a': it has no 'valuse', did you mean 'values'?",
    ],
    [
      { groundwork: 1, nodes: { a: { type: 'toy/number', inputs: { a: 'b' } } } },
      "Cannot read 'nodes.a.inputs.a': it must be of the form node.output",
    ],
    [
      { groundwork: 1, nodes: {}, view: { nodes: { a: [1] } } },
      "Cannot read 'view.nodes.a': it must have at least 2 entries",
    ],
    [
      { groundwork: 1, nodes: {}, name: 'x'.repeat(201) },
      "Cannot read 'name': it must have at most 200 characters",
    ],
  ])('V1 %o is answered in words', (json, message) => {
    const { workflow, faults } = validateWorkflow(json, toyCatalogue)
    expect(workflow).toBe(null)
    expect(faults.map((fault) => fault.message)).toEqual([message])
  })

  test('V1 what depends on a part that cannot be read is not blamed for it', () => {
    const bad = { type: 3 }
    const file = {
      groundwork: 1,
      nodes: {
        start: { type: 'toy/count', inputs: { sum: 'face.out' } },
        face: { type: 'subgraph/face', inputs: { in: 'start.sum' } },
        passed: { type: 'subgraph/face', mode: 'bypass', inputs: { in: 'face.out' } },
        add: { type: 'toy/add', inputs: { a: 'passed.out' } },
        odd: { type: 'toy/ad' },
      },
      subgraphs: { face: { nodes: { a: { type: 'toy/add', vlaues: {} } }, inputs: {}, outputs: {} } },
      sweep: { axes: [{ at: 'face.by', values: [1] }] },
    }
    const wrong = [
      "format subgraphs.face.nodes.a.vlaues: Cannot read 'subgraphs.face.nodes.a': it has no 'vlaues', did you mean 'values'?",
      "unknown-node nodes.odd.type: Cannot run node 'odd': there is no node type 'toy/ad', did you mean 'toy/add'?",
    ]
    expect(faultsOf(file)).toEqual(wrong)
    const sweep = { axes: [{ at: 'bad.value', values: [1] }] }
    expect(faultsOf({ ...file, nodes: { ...file.nodes, bad }, sweep })).toEqual([
      "format nodes.bad.type: Cannot read 'nodes.bad.type': it must be a text",
      ...wrong,
    ])
  })

  test('V1 what can be read is judged beside what cannot', () => {
    const file = {
      groundwork: 1,
      nodes: {
        bad: { type: 3 },
        near: { type: 'toy/add', inputs: { a: 'bad.sum' } },
        s: { type: 'toy/settings', values: { tau: 2 } },
      },
    }
    expect(faultsOf(file)).toEqual([
      "format nodes.bad.type: Cannot read 'nodes.bad.type': it must be a text",
      "wrong-value nodes.s.values.tau: Cannot run node 's' (Settings): parameter 'tau' must be at most 1, is 2",
    ])
  })

  test('V5 a node of an unknown type keeps its data', () => {
    const file = workflow({
      odd: ['their/node', { anything: { goes: [1, 2] } }, { x: 'odd2.y' }],
      odd2: ['their/other'],
    })
    const { workflow: read, faults } = validateWorkflow(file, toyCatalogue)
    expect(read).toEqual(file)
    expect(faults.map(({ code }) => code)).toEqual(['unknown-node', 'unknown-node'])
  })
})

describe('V2 hostile input', () => {
  test.each([
    [0, /^(?!too-large)/],
    [1, /^too-large nodes: The workflow has 10001 ports of subgraphs, the limit is 10000/],
  ])('as many ports of subgraphs as the limit are looked at, of the limit and %i', (more, first) => {
    const outputs = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`p${i}`, 'a.value']))
    const subgraphs = Object.fromEntries(
      [9_000, limits.ports - 9_000 + more].map((count, i) => [
        `s${i}`,
        { nodes: { a: { type: 'toy/number' } }, inputs: {}, outputs: outputs(count) },
      ]),
    )
    const nodes = { a: { type: 'toy/nothing' } }
    expect(faultsOf({ groundwork: 1, nodes, subgraphs })[0]).toMatch(first)
  })

  test('as many entries as the limit are looked at', () => {
    const nodes = {
      a: { type: 'toy/number', values: { x: Array.from({ length: limits.entries }, () => 0) } },
    }
    expect(faultsOf({ groundwork: 1, nodes })[0]).not.toMatch(/^too-large/)
  })

  test('a subgraph of many ports, used many times beside a ring of others, is refused before it is looked at', () => {
    const params = Object.fromEntries(Array.from({ length: 9_000 }, (_, i) => [`p${i}`, 'b.x']))
    const nodes = Object.fromEntries(
      Array.from({ length: 3_000 }, (_, i) => [`n${i}`, { type: 'subgraph/wide' }]),
    )
    const wide = { nodes: { b: { type: 'toy/number' } }, inputs: {}, outputs: {}, params }
    const ring = { nodes: { b: { type: 'subgraph/ring' } }, inputs: {}, outputs: {} }
    const faults = faultsOf({ groundwork: 1, nodes, subgraphs: { wide, ring } })
    expect(faults).toEqual([
      expect.stringMatching(/^cycle /),
      expect.stringMatching(/^too-large subgraphs: The workflow stands for 27000000 links/),
    ])
  })

  test.each(['__proto__', 'constructor', 'prototype'])('a key %s is refused wherever it stands', (key) => {
    const text = `{ "groundwork": 1, "nodes": { "a": { "type": "toy/number", "values": { "x": [{ "${key}": 1 }] } } } }`
    expect(faultsOf(JSON.parse(text))).toEqual([
      `format nodes.a.values.x.0.${key}: The key '${key}' is reserved: rename it`,
    ])
  })

  test('data that is nested too deeply is refused, and so is data that contains itself', () => {
    let deep: unknown = 1
    for (let i = 0; i < 100_000; i++) deep = [deep]
    const ring: unknown[] = []
    ring.push(ring, ring)
    for (const value of [deep, ring])
      expect(faultsOf({ groundwork: 1, nodes: value })[0]).toMatch(/^too-large .*flatten it$/)
  })

  test.each([
    [
      'nodes',
      Object.fromEntries(
        Array.from({ length: limits.nodes + 1 }, (_, i) => [`n${i}`, { type: 'toy/number' }]),
      ),
    ],
    ['a text', { a: { type: 'toy/number', values: { x: 'x'.repeat(limits.textLength + 1) } } }],
    [
      'entries',
      { a: { type: 'toy/number', values: { x: Array.from({ length: limits.entries + 1 }, () => 0) } } },
    ],
    [
      'values',
      {
        a: {
          type: 'toy/number',
          values: {
            x: Array.from({ length: limits.parts / 100 }, () => Array.from({ length: 100 }, () => 0)),
          },
        },
      },
    ],
    [
      'links',
      Object.fromEntries(
        Array.from({ length: 21 }, (_, i) => [
          `n${i}`,
          { type: 'x', inputs: Object.fromEntries(Array.from({ length: 1000 }, (_, j) => [`i${j}`, 'a.b'])) },
        ]),
      ),
    ],
  ])('too many or too long: %s', (_, nodes) => {
    const faults = faultsOf({ groundwork: 1, nodes })
    expect(faults).toHaveLength(1)
    expect(faults[0]).toMatch(/^too-large /)
  })

  test('a thousand nodes full of faults are answered with the first of them', () => {
    const nodes = Object.fromEntries(
      Array.from({ length: 1000 }, (_, i) => [
        `node_with_a_long_name_${i}`,
        {
          type: 'toy/add',
          inputs: { a: `node_with_a_long_mane_${i}.sum`, b: 'x.y', c: 'x.y', d: 'x.y', e: 'x.y' },
        },
      ]),
    )
    const faults = faultsOf({ groundwork: 1, nodes })
    expect(faults).toHaveLength(limits.faults + 1)
    expect(faults.at(-1)).toMatch(/^more : These are the first 200 faults/)
  })
})
