// What was paid to a provider, against what we owe.
import { useState } from 'react'
import { newKey, post, useForget, type Schema } from '../../api'
import { FieldForm, format, notice, type FormItem } from '../../ui'
import { useMoney } from './text'

type Sum = { provider_id?: number; amount: string; note: string }

export function PayProvider({ close }: { close: () => void }) {
  const t = useMoney()
  const forget = useForget()
  const [key] = useState(newKey)
  const fields: FormItem<Sum>[] = [
    { name: 'provider_id', label: t('provider'), kind: 'reference', path: '/providers', required: true, full: true },
    { name: 'amount', label: t('amount'), kind: 'money', required: true, full: true },
    { name: 'note', label: t('note'), help: t('noteHelp'), full: true },
  ]
  return (
    <FieldForm<Sum>
      initial={{ amount: '', note: '' }}
      fields={fields}
      verb={t('payProvider')}
      saidSaved=""
      onCancel={close}
      save={(v) => post('/ledger/payments', { key, body: { provider_id: v.provider_id ?? 0, amount: v.amount, note: v.note || undefined } })}
      onSaved={(answer) => {
        const p = answer as Schema<'ProviderPaid'>
        notice.ok(p.repeated ? t('movedAgain') : t('paid', { before: format.money(p.owed_before), after: format.money(p.owed_after), currency: p.currency }))
        void forget('/ledger')
        close()
      }}
    />
  )
}
