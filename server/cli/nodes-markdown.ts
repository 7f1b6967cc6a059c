/** The catalogue as a page to read: `docs/nodes.md` is made by it, and a test keeps the two the same. */
import type { Catalogue, InputInfo, NodeInfo, OutputInfo, ParamInfo } from '#nodes/node-info.ts'

const head = `# Nodes

Every node of this version, by group. Made from their declarations by \`groundwork nodes --markdown > docs/nodes.md\`; edit those,
not this page. A parameter that names a wire in brackets may be linked in place of its value. How to write a node:
[nodes/README.md](../nodes/README.md).
`

export function nodesMarkdown(catalogue: Catalogue): string {
  const nodes = Object.values(catalogue).toSorted((a, b) => a.type.localeCompare(b.type))
  const groups = groupsOf(nodes)
  const parts = [...groups].map(([group, members]) => [`## ${group}`, ...members.map(nodePart)].join('\n\n'))
  return `${[head.trimEnd(), ...parts].join('\n\n')}\n`
}

function nodePart(node: NodeInfo): string {
  const lists = [
    list('Inputs', Object.entries(node.inputs), inputLine),
    list('Parameters', Object.entries(node.params), paramLine),
    list('Outputs', Object.entries(node.outputs), outputLine),
  ].filter((part) => part !== null)
  const marks = [
    ...(node.loop ? [node.loop.role === 'start' ? 'Opens a loop.' : 'Closes a loop.'] : []),
    ...(node.sideEffect ? ['Runs every time.'] : []),
  ]
  return [`### ${node.title}`, [`\`${node.type}\` · ${node.description}`, ...marks].join(' '), ...lists].join(
    '\n\n',
  )
}

function list<T>(
  title: string,
  entries: readonly [string, T][],
  line: (name: string, info: T) => string,
): string | null {
  if (entries.length === 0) return null
  return [`${title}:`, '', ...entries.map(([name, info]) => `- ${line(name, info)}`)].join('\n')
}

function inputLine(name: string, { type, optional, lazy, list, description }: InputInfo): string {
  const marks = [list && 'a list', optional && 'optional', lazy && 'lazy'].filter((mark) => mark)
  return `\`${name}\` ${[type, ...marks].join(', ')}: ${description}`
}

function outputLine(name: string, { type, list, description }: OutputInfo): string {
  return `\`${name}\` ${type}${list ? ', a list' : ''}: ${description}`
}

function paramLine(name: string, param: ParamInfo): string {
  const { widget, wire, description } = param
  const facts = [widget, ...rangeOf(param), `default ${shown(param.default)}`]
  return `\`${name}\` ${facts.join(', ')}${wire === null ? '' : ` [${wire}]`}: ${description}`
}

function rangeOf({ min, max, choices }: ParamInfo): string[] {
  if (choices)
    return [
      choices.length > 0 ? `one of ${choices.map((choice) => `\`${choice}\``).join(' ')}` : 'of this machine',
    ]
  if (min !== undefined && max !== undefined) return [`${min} to ${max}`]
  return min !== undefined ? [`from ${min}`] : max !== undefined ? [`up to ${max}`] : []
}

function shown(value: unknown): string {
  if (value === '' || (Array.isArray(value) && value.length === 0)) return 'empty'
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``
}

function groupsOf(nodes: readonly NodeInfo[]): Map<string, NodeInfo[]> {
  const groups = new Map<string, NodeInfo[]>()
  for (const node of nodes) {
    const group = node.type.slice(0, node.type.indexOf('/'))
    groups.set(group, [...(groups.get(group) ?? []), node])
  }
  return groups
}
