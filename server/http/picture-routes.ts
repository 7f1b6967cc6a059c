/** Pictures by id, and the upload of one. */
import express, { Router } from 'express'
import { limits } from '../limits.ts'
import { importPicture } from '../pictures/import-picture.ts'
import type { PictureStore } from '../pictures/picture-store.ts'
import { HttpError } from './http-error.ts'

const accepted = ['image/png', 'image/jpeg', 'image/webp']

export function pictureRoutes(pictures: PictureStore): Router {
  const routes = Router()
  routes.get('/pictures/:id', async (request, response) => {
    const png = await pictures.get(request.params.id)
    if (!png)
      throw new HttpError(404, 'unknown-picture', 'Cannot find the picture: this machine has none of that id')
    response.set({
      'Content-Type': 'image/png',
      'Cache-Control': 'private, max-age=31536000, immutable',
      // Even if a browser were talked into showing it as a page, nothing in it would run.
      'Content-Security-Policy': "sandbox; default-src 'none'",
    })
    response.send(png)
  })
  routes.post(
    '/pictures',
    express.raw({ type: accepted, limit: limits.pictureBytes, inflate: false }),
    async (request, response) => {
      if (!Buffer.isBuffer(request.body))
        throw new HttpError(
          415,
          'unknown-type',
          `Cannot import the picture: its content type must be one of ${accepted.join(', ')}`,
        )
      const { png, width, height } = await importPicture(request.body)
      response.status(201).json({ picture: await pictures.put(png, { kept: true }), width, height })
    },
  )
  return routes
}
