/** Notes as safe HTML: a note comes from a stranger's file, so nothing in it may run or reach another host. */
import createPurifier from 'dompurify'
import { Marked } from 'marked'

const purifier = createPurifier(window)

const allowedTags = [
  ...['p', 'br', 'hr', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'blockquote', 'pre', 'code'],
  ...['ul', 'ol', 'li', 'strong', 'em', 'del', 'a', 'table', 'thead', 'tbody', 'tr', 'th', 'td'],
]

purifier.addHook('afterSanitizeAttributes', (element) => {
  if (element.tagName !== 'A') return
  element.setAttribute('target', '_blank')
  element.setAttribute('rel', 'noopener noreferrer')
})

const signs: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const asText = (html: string) => html.replace(/[&<>"]/g, (sign) => signs[sign] ?? sign)

/** HTML in a note is shown as it was written: only what Markdown itself makes becomes elements. */
const marked = new Marked({ gfm: true, breaks: true, renderer: { html: ({ text }) => asText(text) } })

export function renderMarkdown(text: string): string {
  const html = marked.parse(text, { async: false })
  return purifier.sanitize(html, {
    ALLOWED_TAGS: allowedTags,
    ALLOWED_ATTR: ['href'],
    ALLOWED_URI_REGEXP: /^(?:https?:|mailto:)/i,
  })
}
