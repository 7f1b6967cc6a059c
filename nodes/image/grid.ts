import { z } from 'zod'
import { failure } from '#inference/failure.ts'
import { drawGrid } from '../draw-grid.ts'
import { defineNode } from '../node.ts'

export default defineNode({
  type: 'image/grid',
  version: 2,
  title: 'ImageGrid',
  description: 'Lays a list of pictures out in one, row by row, with a label above each.',
  inputs: {
    images: { type: 'Image', list: true, description: 'The pictures' },
    labels: {
      type: 'Text',
      list: true,
      optional: true,
      description: 'One label per picture: Latin letters; any other shows as a frame',
    },
  },
  outputs: { image: { type: 'Image', description: 'All of them in one picture' } },
  params: {
    columns: z.int().min(0).max(64).default(0).meta({
      title: 'Columns',
      description: 'Pictures in a row; 0 makes it about as wide as high',
    }),
  },
  run({ images, labels = [], columns }) {
    if (images.length === 0) throw failure`Cannot lay out a grid: the list of pictures is empty, fill it`
    const across = columns === 0 ? Math.ceil(Math.sqrt(images.length)) : Math.min(columns, images.length)
    const cells = images.map((image, index) => ({
      row: Math.floor(index / across),
      column: index % across,
      image,
      ...(labels[index] !== undefined && { label: labels[index] }),
    }))
    return { image: drawGrid(cells, { rows: Math.ceil(images.length / across), columns: across }) }
  },
})
