/** Sends a picture to this machine's store. */
import { useI18n } from 'vue-i18n'
import { sendPicture } from '../api/machine.ts'
import { useNotices } from '../stores/notices.ts'

/** Gives the picture's id, or null after saying why the server did not take it. */
export function useUpload(): (file: File) => Promise<string | null> {
  const { t } = useI18n()
  const notices = useNotices()
  return async (file) => {
    try {
      return (await sendPicture(file)).picture
    } catch (error) {
      const why = error instanceof Error ? error.message : ''
      notices.say(t('param.pictureFailed', { name: file.name }), 'bad', [why])
      return null
    }
  }
}
