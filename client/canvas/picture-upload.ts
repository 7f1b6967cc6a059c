/** Sends a picture to this machine's store. */
import { onScopeDispose } from 'vue'
import { sendPicture } from '../api/machine.ts'
import { wholeId } from '../document/scope.ts'
import { workflow } from '../document/workflow-document.ts'
import { translate } from '../locales/i18n.ts'
import { sayError } from '../locales/say-error.ts'
import { useNotices } from '../stores/notices.ts'

/**
 * Gives the picture's id, or null after saying why there is none: the server did not take it, or it came so late that
 * what it was for is gone or another graph is edited.
 */
export function useUpload(): (file: File, isWanted?: () => boolean) => Promise<string | null> {
  const notices = useNotices()
  let isGone = false
  onScopeDispose(() => (isGone = true))
  return async (file, isWanted = () => true) => {
    const { name } = file
    const { written } = workflow
    const inside = wholeId(workflow.trail.value, '')
    const isHere = () => workflow.written === written && wholeId(workflow.trail.value, '') === inside
    try {
      const { picture } = await sendPicture(file)
      if (!isGone && isHere() && isWanted()) return picture
      notices.say(translate('param.pictureLate', { name }), 'bad')
    } catch (error) {
      notices.say(translate('param.pictureFailed', { name }), 'bad', [sayError(error)])
    }
    return null
  }
}
