import { Empty } from '../../ui'
import { useQualityText } from './text'

/** Nothing was bid in the time, or nothing is counted yet. */
export function Nothing() {
  const t = useQualityText()
  return (
    <Empty title={t('none')} icon="calls">
      {t('noneHelp')}
    </Empty>
  )
}
