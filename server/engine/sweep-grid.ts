/** The labelled grid that a sweep ends with, one per node that made pictures: of its first picture in each cell. */
import { drawGrid, reduceForGrid, type GridCell, type GridForm } from '#nodes/draw-grid.ts'
import type { Image } from '#nodes/values.ts'
import { parseSource, type Sweep } from '#workflows/format.ts'
import type { Cell } from '#workflows/sweep.ts'
import type { ExecuteOptions, RunOutput } from './engine.ts'
import { inWords } from './words.ts'

interface NodeGrid {
  readonly cells: Map<string, GridCell>
  readonly saved: boolean
}

export class SweepGrids {
  readonly #options: ExecuteOptions
  readonly #form: GridForm
  readonly #nodes = new Map<string, NodeGrid>()

  constructor(options: ExecuteOptions, sweep: Sweep) {
    this.#options = options
    this.#form = formOf(sweep)
  }

  /**
   * Takes the pictures of a cell, as small as the grid shows them: all cells are held until the last, and a picture that was
   * only shown may be gone by then. One that cannot be read leaves its place empty.
   */
  async take(outputs: readonly RunOutput[]): Promise<void> {
    for (const { node, cell, picture, saved } of outputs) {
      const grid = this.#nodes.get(node) ?? { cells: new Map<string, GridCell>(), saved }
      if (!cell || grid.cells.has(cell.join())) continue
      const image = await this.#read(picture)
      const [column = 0, row = 0] = cell
      if (image) this.#nodes.set(node, grid)
      if (image) grid.cells.set(cell.join(), { row, column, image })
    }
  }

  /** Draws and stores them. The cells are worth their run without: where a grid fails, its node shows why. */
  async draw(): Promise<{
    readonly outputs: readonly RunOutput[]
    readonly values: ReadonlyMap<string, string>
  }> {
    const { emit } = this.#options
    const outputs: RunOutput[] = []
    const values = new Map<string, string>()
    for (const [node, grid] of this.#nodes)
      try {
        const output = await this.#store(node, grid)
        emit({ kind: 'output', ...output })
        outputs.push(output)
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        const text = `Cannot draw the grid of the sweep: ${reason}; the pictures of its cells are there`
        emit({ kind: 'value', node, text })
        values.set(node, text)
      }
    return { outputs, values }
  }

  async #store(node: string, { cells, saved }: NodeGrid): Promise<RunOutput> {
    const { workflow, services } = this.#options
    const image = drawGrid([...cells.values()], this.#form)
    const stored = await services.savePicture(image, { saved, name: 'sweep', node, workflow })
    return { node, ...stored, saved, grid: true }
  }

  async #read(picture: string): Promise<Image | null> {
    try {
      return reduceForGrid(await this.#options.services.loadPicture(picture), this.#form)
    } catch {
      return null
    }
  }
}

/** Such as `on = 0.5`, one per axis; the node is named where both axes have a parameter of the same name. */
export function labelsOf({ axes }: Sweep, cell: Cell): string[] {
  const names = axes.map(({ at }) => parseSource(at).output)
  const isSame = names.length > 1 && names[0] === names[1]
  return axes.map(({ at, values }, axis) => {
    const value = values[cell[axis] ?? 0]
    return `${isSame ? at : names[axis]} = ${typeof value === 'string' ? value : inWords(value)}`
  })
}

/** The first axis goes across, the second down. */
function formOf(sweep: Sweep): GridForm {
  const along = (axis: number) =>
    (sweep.axes[axis]?.values ?? []).map((_, index) => {
      const cell = sweep.axes.map((_, other) => (other === axis ? index : 0))
      return labelsOf(sweep, cell)[axis] ?? ''
    })
  const [columnLabels, rowLabels] = [along(0), along(1)]
  return { rows: Math.max(1, rowLabels.length), columns: columnLabels.length, rowLabels, columnLabels }
}
