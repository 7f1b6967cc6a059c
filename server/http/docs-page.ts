/** The OpenAPI document as a page to read: plain HTML, no script, nothing loaded from elsewhere. */
import type { z } from 'zod'
import type { Route } from './route.ts'

export function docsPage(routes: readonly Route[]): string {
  const groups = new Map<string, Route[]>()
  for (const route of routes) groups.set(groupOf(route), [...(groups.get(groupOf(route)) ?? []), route])
  const sections = [...groups].map(
    ([group, members]) => `<h2>${escape(group)}</h2>\n${members.map(article).join('\n')}`,
  )
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Groundwork API</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>Groundwork API</h1>
<p>For programs: <a href="/api/openapi.json">/api/openapi.json</a> (OpenAPI 3.1). Errors are
<code>{ "error": { "code", "message" } }</code>; a workflow with faults adds <code>faults</code>.
A server that was started with a token wants <code>Authorization: Bearer TOKEN</code>.</p>
${sections.join('\n')}
</main>
</body>
</html>
`
}

function groupOf({ path }: Route): string {
  const [, first = '', second] = path.split('/')
  return first === 'api' && second !== undefined ? (second.split('.')[0] ?? second) : 'operation'
}

function article(route: Route): string {
  const { method, path, summary, answers, headers = {}, body } = route
  const rows = Object.entries(answers).map(
    ([status, { description }]) => `<tr><td><code>${status}</code></td><td>${escape(description)}</td></tr>`,
  )
  const takes = [
    ...names('query', route.query),
    ...Object.entries(headers).map(([name, what]) => `header <code>${escape(name)}</code>: ${escape(what)}`),
    ...(body ? [`body ${bodyWords(route)}`] : []),
  ]
  return `<article>
<h3><span class="${method.toLowerCase()}">${method}</span> <code>${escape(path)}</code></h3>
<p>${escape(summary)}</p>
${takes.length > 0 ? `<ul>${takes.map((line) => `<li>${line}</li>`).join('')}</ul>` : ''}
<table>${rows.join('')}</table>
</article>`
}

function bodyWords({ body }: Route): string {
  if (body?.kind === 'bytes') return body.types.map((type) => `<code>${escape(type)}</code>`).join(', ')
  const fields = names('', body?.schema).map((line) => line.trim())
  return `<code>application/json</code>${fields.length > 0 ? `: ${fields.join(', ')}` : ''}`
}

/** The fields of an object schema, each as code; those that may be left out with a question mark. */
function names(place: string, schema: z.ZodType | undefined): string[] {
  const shape = (schema as { shape?: Record<string, z.ZodType> } | undefined)?.shape ?? {}
  return Object.entries(shape).map(
    ([name, field]) =>
      `${place} <code>${escape(name)}${field.safeParse(undefined).success ? '?' : ''}</code>`,
  )
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
}

const style = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
main { max-width: 56rem; margin: 0 auto; padding: 2rem 1rem }
h2 { margin-top: 2.5rem; text-transform: capitalize }
article { border-top: 1px solid color-mix(in srgb, currentColor 20%, transparent); padding: .5rem 0 1rem }
h3 { margin: .5rem 0; font-size: 1rem; font-weight: 500 }
h3 span { display: inline-block; min-width: 4.5rem; font-weight: 700; font-size: .8rem }
.get { color: light-dark(#176f3d, #6bd49a) } .post { color: light-dark(#1a56b0, #86b7ff) }
.put, .patch { color: light-dark(#8a5a00, #e8b65c) } .delete { color: light-dark(#a8202a, #ff8d92) }
p { margin: .25rem 0 } ul { margin: .25rem 0; padding-left: 1.25rem }
td { padding: 0 1rem 0 0; vertical-align: top }
code { font-family: ui-monospace, monospace; font-size: .9em }
`
