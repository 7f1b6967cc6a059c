/** The commands of the graph. */
import { workflow } from '../document/workflow-document.ts'
import { useSelection } from '../stores/selection.ts'
import * as actions from './actions.ts'
import type { Direction } from './align.ts'
import { arrangeGraph } from './auto-layout.ts'
import type { Command } from './command.ts'
import { desk, sheetOpen } from './desk.ts'
import { stepLink } from './link-steps.ts'
import { minimapOpen } from './minimap.ts'
import { turnTo } from './modes.ts'
import * as subgraphs from './subgraph-actions.ts'

const hasNodes = () => actions.chosenNodes().length > 0
const hasAny = () => actions.chosen().length > 0
const hasSeveral = () => actions.chosen().length > 1
const step = 8

/** Four commands, one for each arrow, such as `walkLeft` by Ctrl+ArrowLeft. */
function towards(name: string, held: string, run: (direction: Direction) => void): Command[] {
  const sides = [
    ['Left', 'left'],
    ['Right', 'right'],
    ['Up', 'up'],
    ['Down', 'down'],
  ] as const
  return sides.map(([side, direction]) => ({
    id: name + side,
    group: 'view',
    keys: [`${held}+Arrow${side}`],
    repeats: true,
    run: () => run(direction),
  }))
}

export const graphCommands: readonly Command[] = [
  {
    id: 'add',
    group: 'edit',
    keys: ['A'],
    menus: ['ground'],
    run: (target) => desk.graph && desk.graph.openPalette(target?.at ?? desk.graph.here()),
  },
  { id: 'note', group: 'edit', keys: ['N'], menus: ['ground'], run: actions.noteHere },
  { id: 'edit', group: 'edit', keys: ['Enter'], can: hasAny, run: actions.editChosen },
  {
    id: 'rename',
    group: 'edit',
    keys: ['F2'],
    menus: ['node', 'note', 'frame'],
    run: actions.renameChosen,
  },
  { id: 'link', group: 'edit', keys: ['L'], menus: ['node'], run: () => desk.graph?.openFinder('link') },
  {
    id: 'unlink',
    group: 'edit',
    keys: ['Shift+L'],
    menus: ['node'],
    can: hasNodes,
    run: actions.unlinkChosen,
  },
  {
    id: 'reroute',
    group: 'edit',
    keys: [],
    menus: ['link'],
    can: () => actions.chosenLink() !== undefined,
    run: actions.rerouteHere,
  },
  {
    id: 'copy',
    group: 'edit',
    keys: ['Ctrl+C'],
    byBrowser: true,
    menus: ['node', 'note'],
    can: hasAny,
    run: actions.copyChosen,
  },
  {
    id: 'cut',
    group: 'edit',
    keys: ['Ctrl+X'],
    byBrowser: true,
    menus: ['node', 'note'],
    can: hasAny,
    run: actions.cutChosen,
  },
  {
    id: 'paste',
    group: 'edit',
    keys: ['Ctrl+V'],
    byBrowser: true,
    menus: ['ground'],
    run: actions.pasteHere,
  },
  {
    id: 'duplicate',
    group: 'edit',
    keys: ['Ctrl+D'],
    menus: ['node', 'note'],
    can: hasAny,
    run: actions.duplicateChosen,
  },
  {
    id: 'remove',
    group: 'edit',
    keys: ['Delete', 'Backspace'],
    menus: ['node', 'note', 'link', 'reroute'],
    can: hasAny,
    run: actions.removeChosen,
  },
  {
    id: 'undo',
    group: 'edit',
    anywhere: true,
    repeats: true,
    keys: ['Ctrl+Z'],
    can: () => workflow.undoLabel.value !== null,
    run: () => workflow.undo(),
  },
  {
    id: 'redo',
    group: 'edit',
    anywhere: true,
    repeats: true,
    keys: ['Ctrl+Shift+Z', 'Ctrl+Y'],
    can: () => workflow.redoLabel.value !== null,
    run: () => workflow.redo(),
  },
  { id: 'selectAll', group: 'edit', keys: ['Ctrl+A'], menus: ['ground'], run: actions.selectAll },
  { id: 'selectNone', group: 'edit', keys: ['Escape'], run: () => useSelection().set([]) },

  {
    id: 'mute',
    group: 'arrange',
    keys: ['M'],
    menus: ['node'],
    can: hasNodes,
    run: () => actions.modeChosen('mute'),
  },
  {
    id: 'bypass',
    group: 'arrange',
    keys: ['B'],
    menus: ['node'],
    can: hasNodes,
    run: () => actions.modeChosen('bypass'),
  },
  {
    id: 'collapse',
    group: 'arrange',
    keys: ['C'],
    menus: ['node'],
    can: hasNodes,
    run: actions.collapseChosen,
  },
  {
    id: 'frame',
    group: 'arrange',
    keys: ['Ctrl+G'],
    menus: ['node'],
    can: hasNodes,
    run: actions.frameChosen,
  },
  {
    id: 'subgraph',
    group: 'arrange',
    keys: ['Ctrl+Shift+G'],
    menus: ['node'],
    can: hasNodes,
    run: subgraphs.makeOfChosen,
  },
  {
    id: 'unpack',
    group: 'arrange',
    keys: ['Ctrl+Shift+U'],
    menus: ['node'],
    can: subgraphs.hasSubgraph,
    run: subgraphs.unpackChosen,
  },
  {
    id: 'enter',
    group: 'view',
    keys: ['I'],
    menus: ['node'],
    can: subgraphs.hasSubgraph,
    run: () => subgraphs.enter(),
  },
  {
    id: 'leave',
    group: 'view',
    keys: ['O'],
    menus: ['ground'],
    can: subgraphs.isInside,
    run: subgraphs.leave,
  },
  {
    id: 'promote',
    group: 'arrange',
    keys: ['Shift+P'],
    menus: ['node', 'ground'],
    can: subgraphs.isInside,
    run: () => desk.graph?.openFinder('port'),
  },
  { id: 'unframe', group: 'arrange', keys: [], menus: ['frame'], run: actions.unframe },
  ...(
    [
      ['alignLeft', 'Shift+ArrowLeft', 'left'],
      ['alignRight', 'Shift+ArrowRight', 'right'],
      ['alignTop', 'Shift+ArrowUp', 'top'],
      ['alignBottom', 'Shift+ArrowDown', 'bottom'],
    ] as const
  ).map(([id, key, edge]): Command => ({
    id,
    group: 'arrange',
    keys: [key],
    menus: ['node', 'note'],
    can: hasSeveral,
    run: () => actions.alignChosen(edge),
  })),
  {
    id: 'distributeAcross',
    group: 'arrange',
    keys: ['Shift+H'],
    menus: ['node', 'note'],
    can: hasSeveral,
    run: () => actions.distributeChosen('across'),
  },
  {
    id: 'distributeDown',
    group: 'arrange',
    keys: ['Shift+V'],
    menus: ['node', 'note'],
    can: hasSeveral,
    run: () => actions.distributeChosen('down'),
  },
  { id: 'layout', group: 'arrange', keys: ['Ctrl+Shift+L'], menus: ['ground'], run: () => arrangeGraph() },
  ...(
    [
      ['nudgeLeft', 'ArrowLeft', -step, 0],
      ['nudgeRight', 'ArrowRight', step, 0],
      ['nudgeUp', 'ArrowUp', 0, -step],
      ['nudgeDown', 'ArrowDown', 0, step],
    ] as const
  ).map(([id, key, dx, dy]): Command => ({
    id,
    group: 'arrange',
    keys: [key],
    repeats: true,
    can: hasAny,
    run: () => actions.nudge(dx, dy),
  })),

  { id: 'find', group: 'view', keys: ['Ctrl+F'], run: () => desk.graph?.openFinder('node') },
  { id: 'commands', group: 'view', keys: ['Ctrl+K'], run: () => desk.graph?.openFinder('command') },
  { id: 'menu', group: 'view', keys: ['Shift+F10', 'ContextMenu'], run: () => desk.graph?.openMenu() },
  ...towards('walk', 'Ctrl', actions.walk),
  ...towards('extend', 'Ctrl+Shift', actions.extend),
  { id: 'nextLink', group: 'view', keys: ['K'], repeats: true, run: () => stepLink(1) },
  { id: 'linkBefore', group: 'view', keys: ['Shift+K'], repeats: true, run: () => stepLink(-1) },
  { id: 'fit', group: 'view', keys: ['F'], menus: ['node'], run: () => desk.graph?.fit(actions.chosen()) },
  { id: 'fitAll', group: 'view', keys: ['Home'], menus: ['ground'], run: () => desk.graph?.fit() },
  { id: 'zoomIn', group: 'view', keys: ['+', '='], repeats: true, run: () => desk.graph?.zoomBy(1.2) },
  { id: 'zoomOut', group: 'view', keys: ['-'], repeats: true, run: () => desk.graph?.zoomBy(1 / 1.2) },
  { id: 'zoomWhole', group: 'view', keys: ['1'], run: () => desk.graph?.zoomTo(1) },
  {
    id: 'minimap',
    group: 'view',
    keys: ['Shift+M'],
    menus: ['ground'],
    run: () => (minimapOpen.value = !minimapOpen.value),
  },
  { id: 'list', group: 'view', keys: ['V'], menus: ['ground'], anywhere: true, run: () => turnTo('list') },
  {
    id: 'sheet',
    group: 'view',
    anywhere: true,
    keys: ['?'],
    run: () => (sheetOpen.value = !sheetOpen.value),
  },
]
