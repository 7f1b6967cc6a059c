/** Pictures by id, and the upload of one. */
import { z } from 'zod'
import { limits } from '../limits.ts'
import type { PictureDecoder } from '../pictures/picture-decoder.ts'
import type { PictureStore } from '../pictures/picture-store.ts'
import { HttpError } from './http-error.ts'
import { bytes, ok, refusal, route, type Answer, type Route } from './route.ts'

const accepted = ['image/png', 'image/jpeg', 'image/webp']
const storedPicture = z.strictObject({ picture: z.string(), width: z.int(), height: z.int() })

export function pictureRoutes(pictures: PictureStore, decoder: PictureDecoder): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/pictures/:id',
      access: 'user',
      summary: 'A picture by its id.',
      params: z.object({ id: z.string() }),
      answers: {
        200: { description: 'The picture', type: 'image/png' },
        404: refusal('This machine has no picture of that id'),
      },
      async handle({ params: { id } }) {
        const png = await pictures.get(id)
        if (!png)
          throw new HttpError(
            404,
            'unknown-picture',
            'Cannot find the picture: this machine has none of that id',
          )
        return pngAnswer(png, 'private, max-age=31536000, immutable')
      },
    }),
    route({
      method: 'POST',
      path: '/api/pictures',
      access: 'user',
      summary: 'Imports a picture: it is decoded and written anew as a plain PNG.',
      body: bytes(accepted, limits.pictureBytes),
      answers: {
        201: { description: 'The id it can be fetched by, and its size in pixels', schema: storedPicture },
        400: refusal('The bytes are no PNG, JPEG or WebP, or are damaged'),
        413: refusal('Too many bytes or pixels, or it takes too long to decode'),
        415: refusal('Another content type'),
        503: refusal('Too many pictures wait to be decoded; Retry-After says when to ask again'),
        507: refusal('The disk is full'),
      },
      async handle({ body }) {
        const { png, width, height } = await decoder.decode(body)
        return ok({ picture: await pictures.put(png, { kept: true }), width, height }, 201)
      },
    }),
  ]
}

/** A PNG as it is sent everywhere: even if a browser were talked into showing it as a page, nothing in it would run. */
export function pngAnswer(png: Uint8Array, caching: string): Answer {
  return {
    status: 200,
    headers: {
      'Content-Type': 'image/png',
      'Cache-Control': caching,
      'Content-Security-Policy': "sandbox; default-src 'none'",
    },
    bytes: png,
  }
}
