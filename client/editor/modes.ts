/** A workflow is shown as its graph, as a list, or as its form. */
import { useTabs, type Tab } from '../stores/tabs.ts'

export const modeNow = (): Tab['mode'] | null => useTabs().active?.mode ?? null

/** Shows the workflow in a mode; once more, and it is the graph again. */
export function turnTo(mode: Tab['mode']): void {
  const tabs = useTabs()
  const { active } = tabs
  if (active) tabs.update(active.id, { mode: active.mode === mode ? 'graph' : mode })
}
