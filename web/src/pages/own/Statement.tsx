// The customer's own statement.
import { Page } from '../../ui'
import { Statement } from '../money/Statement'
import { useOwn } from './text'

export default function MyStatement() {
  const t = useOwn()
  return (
    <Page title={t('statement')} state={t('statementState')}>
      <Statement path="/mine/statement" exportPath="/mine/statement/export" own />
    </Page>
  )
}
