// Policies and rules: everything that decides besides price.
import type { ReactNode } from 'react'
import { Page, UrlTabs } from '../../ui'
import { PolicyTable } from '../policies/PolicyTable'
import { PolicyRuleTable, RouteRuleTable } from '../policies/RuleTables'
import { BlockTable, StopRuleTable } from '../policies/StopAndBlock'
import { usePolicies } from '../policies/text'
import './routing.css'

export default function Policies() {
  const t = usePolicies()
  const tab = (key: string, label: string, help: string, content: ReactNode) => ({
    key,
    label,
    content: () => (
      <>
        <p className="t-dim r-help">{help}</p>
        {content}
      </>
    ),
  })
  return (
    <Page title={t('title')} state={t('state')} see={[{ href: '/simulator', label: t('simulator') }]}>
      <UrlTabs
        tabs={[
          tab('policies', t('policies'), t('policiesHelp'), <PolicyTable />),
          tab('policy-rules', t('policyRules'), t('policyRulesHelp'), <PolicyRuleTable />),
          tab('route-rules', t('routeRules'), t('routeRulesHelp'), <RouteRuleTable />),
          tab('stop-rules', t('stopRules'), t('stopRulesHelp'), <StopRuleTable />),
          tab('blocks', t('blocks'), t('blocksHelp'), <BlockTable />),
        ]}
      />
    </Page>
  )
}
