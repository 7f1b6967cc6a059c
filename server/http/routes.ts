/** The table: every address of the API. What is not in it is not served, and what is in it is tested. */
import type { Gate } from '../access/gate.ts'
import type { JobDesk } from '../jobs/job-desk.ts'
import type { PictureDecoder } from '../pictures/picture-decoder.ts'
import type { PictureStore } from '../pictures/picture-store.ts'
import type { WorkflowLibrary } from '../library/workflow-library.ts'
import type { StepStore } from '../steps/step-store.ts'
import { catalogueRoutes } from './catalogue-routes.ts'
import { docsRoutes } from './docs-routes.ts'
import { healthRoutes, type Health } from './health-routes.ts'
import { jobRoutes } from './job-routes.ts'
import { pictureRoutes } from './picture-routes.ts'
import { stepRoutes } from './step-routes.ts'
import { queueRoutes } from './queue-routes.ts'
import type { Route } from './route.ts'
import { workflowRoutes } from './workflow-routes.ts'
import { sessionRoutes } from './session-routes.ts'

export interface ApiParts {
  readonly gate: Gate
  readonly health: Health
  readonly desk: JobDesk
  readonly pictures: PictureStore
  readonly decoder: PictureDecoder
  readonly steps: StepStore
  readonly library: WorkflowLibrary
  readonly examplesDir: string
  /** Of this Groundwork, as in package.json. */
  readonly version: string
}

export function apiRoutes({
  gate,
  health,
  desk,
  pictures,
  decoder,
  steps,
  library,
  examplesDir,
  version,
}: ApiParts): readonly Route[] {
  const routes = [
    ...healthRoutes(health),
    ...sessionRoutes(gate),
    ...catalogueRoutes(desk, examplesDir),
    ...jobRoutes(desk),
    ...queueRoutes(desk),
    ...workflowRoutes(library),
    ...stepRoutes(desk, steps),
    ...pictureRoutes(pictures, decoder),
  ]
  return [...routes, ...docsRoutes(routes, version)]
}
