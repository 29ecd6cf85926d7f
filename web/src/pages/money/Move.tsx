// Money by hand: two clicks, and a key that makes it happen once.
import { Modal } from '@mantine/core'
import { useState } from 'react'
import { newKey, post, useForget, type Schema } from '../../api'
import { FieldForm, format, notice, useWords, type FormItem } from '../../ui'
import { useMoney } from './text'
import { useFocusBack } from '../../ui/useFocusBack'

export type MoveKind = 'topup' | 'withdraw' | 'adjust'
type Sum = { amount: string; note: string; force: boolean }

const paths = { topup: '/accounts/{id}/topup', withdraw: '/accounts/{id}/withdraw', adjust: '/accounts/{id}/adjust' } as const

export function Move({ account, kind, title, close }: { account: Schema<'AccountShown'>; kind: MoveKind; title: string; close: () => void }) {
  useFocusBack()
  const t = useMoney()
  const w = useWords()
  const forget = useForget()
  const [key] = useState(newKey) // the same until this window is closed: sent twice, posted once
  const fields: FormItem<Sum>[] = [
    { name: 'amount', label: t('amount'), kind: 'money', unit: account.currency, required: true, full: true },
    { name: 'note', label: t('note'), help: t('noteHelp'), required: kind === 'adjust', full: true },
    { name: 'force', label: t('force'), kind: 'switch', show: () => kind === 'withdraw', full: true },
  ]
  const help = { topup: t('topUpHelp'), withdraw: t('withdrawHelp'), adjust: t('adjustHelp') }[kind]
  return (
    <Modal opened onClose={close} title={`${title}: ${account.name}`} closeButtonProps={{ 'aria-label': w('close') }}>
      <FieldForm<Sum>
        initial={{ amount: '', note: '', force: false }}
        fields={[{ section: title, help }, ...fields]}
        verb={title}
        saidSaved=""
        onCancel={close}
        save={(v) => post(paths[kind], { at: { id: account.id }, key, body: { amount: v.amount, note: v.note || undefined, force: v.force || undefined } })}
        onSaved={(answer) => {
          const m = answer as Schema<'MoneyMoved'>
          notice.ok(m.repeated ? t('movedAgain') : t('moved', { before: format.money(m.before), after: format.money(m.after), currency: m.currency }))
          void forget('/accounts', '/ledger')
          close()
        }}
      />
    </Modal>
  )
}
