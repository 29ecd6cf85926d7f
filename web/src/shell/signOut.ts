import { remove } from '../api'
import { setSession } from '../api/session'
import { closeStream } from '../api/stream'
import { notice } from '../ui/ask'

export async function signOut() {
  try {
    await remove('/session')
  } catch (error) {
    return notice.error(error)
  }
  closeStream()
  setSession(null)
}
