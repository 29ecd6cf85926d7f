import { useRead } from '../../api'

const none: never[] = []

/** useMeasures is what rules can look at. */
export const useMeasures = () => useRead('/alarm-measures').data?.items ?? none
