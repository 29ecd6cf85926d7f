import { useState } from 'react'

/** useToken reads the secret of a link that works once. It stands behind the #, so
 * that no server and no log sees it. */
export function useToken() {
  const [token] = useState(() => new URLSearchParams(location.hash.slice(1)).get('token') ?? '')
  return token
}
