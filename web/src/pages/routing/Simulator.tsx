// The simulator: what would become of a call, by the code of the live call. The
// question is in the address, so that a link asks it again.
import { Alert, Button, SimpleGrid, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { ApiError, ask, textOf, type BodyOf } from '../../api'
import { area, useLocale } from '../../i18n'
import en from '../../i18n/simulator.en'
import ru from '../../i18n/simulator.ru'
import { Bones, Empty, Failed, Icon, Page, Reference, Section, useLater, useUrl } from '../../ui'
import { fromInput, toInput } from '../../ui/format'
import { useWords } from '../../ui/text'
import { useSeen } from '../why/useSeen'
import { Why } from '../why/Why'
import './routing.css'
import { blankQuestion, bodyOf, questionOf, type Question } from './question'

const useText = area(en, ru)

export default function Simulator() {
  const t = useText()
  const [params, setUrl] = useUrl()
  const question = questionOf(params)
  const asked = question.to !== ''
  const answer = useQuery({
    queryKey: ['/simulate', question],
    enabled: asked,
    queryFn: ({ signal }) => ask('post', '/simulate', { body: bodyOf(question) as BodyOf<'post', '/simulate'>, signal }),
    retry: false,
    staleTime: 0,
    gcTime: 0,
  })
  const wrong = answer.error instanceof ApiError ? answer.error.fields : {}
  const submit = (q: Question) => {
    setUrl(q, { push: true })
    if (JSON.stringify(q) === JSON.stringify(question)) void answer.refetch()
  }
  return (
    <Page title={t('title')} state={t('state')}>
      <Section>
        <Form key={params.toString()} question={question} wrong={wrong} busy={answer.isFetching} onAsk={submit} />
      </Section>
      <Answer answer={answer} asked={asked} question={question} />
    </Page>
  )
}

function Answer({ answer, asked, question }: { answer: { data?: { value: import('../../api').AnswerOf<'post', '/simulate'> }; error: unknown; isPending: boolean; refetch: () => unknown }; asked: boolean; question: Question }) {
  const t = useText()
  const words = useWords()
  const late = useLater(asked && answer.isPending)
  const told = answer.data?.value
  const seen = useSeen(told?.decision.plan, told?.at ?? '', told?.to?.country)
  if (!asked) {
    return (
      <Empty title={t('empty')} icon="simulator">
        {t('emptyHelp')}
      </Empty>
    )
  }
  if (answer.error) {
    // What is wrong with the question is told on its fields; what remains, here.
    if (answer.error instanceof ApiError && answer.error.status < 500 && answer.error.status > 0) {
      return (
        <Alert color="red" variant="light" icon={<Icon name="warning" />} title={t('refused')} role="alert">
          {textOf(answer.error)}
        </Alert>
      )
    }
    return <Failed error={answer.error} retry={() => void answer.refetch()} />
  }
  const v = answer.data?.value
  if (!v) return <Bones show={late} />
  return (
    <Section title={words('why')} help={question.at ? t('then') : t('now')}>
      <Why
        call={{
          caller: v.caller,
          server: v.server,
          at: v.at,
          dialled: question.to,
          b_number: v.b_number,
          routing_number: v.routing_number,
          cli: v.cli,
          reason: v.refusal ? undefined : v.reason,
          to: v.to,
          snapshot: v.snapshot,
        }}
        told={{ ...v.decision, markup: v.sold || v.decision.markup }}
        action={v.action}
        refusal={v.refusal}
        seen={seen}
      />
    </Section>
  )
}

function Form({ question, wrong, busy, onAsk }: { question: Question; wrong: Record<string, string>; busy: boolean; onAsk: (q: Question) => void }) {
  const t = useText()
  const { zone } = useLocale()
  const [q, setQ] = useState(question)
  const [missing, setMissing] = useState(false)
  const slow = useLater(busy)
  const set = (change: Partial<Question>) => setQ({ ...q, ...change })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const clean = { ...q, to: q.to.trim(), from: q.from.trim() }
    setMissing(clean.to === '')
    if (clean.to) onAsk(clean)
  }
  return (
    <form onSubmit={submit} noValidate aria-label={t('title')}>
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing="md" verticalSpacing="sm">
        <TextInput label={t('to')} description={t('toHelp')} value={q.to} onChange={(e) => set({ to: e.currentTarget.value })} required withAsterisk error={missing ? t('toMissing') : wrong.to} inputMode="tel" autoComplete="off" data-autofocus autoFocus={!question.to} />
        <TextInput label={t('from')} description={t('fromHelp')} value={q.from} onChange={(e) => set({ from: e.currentTarget.value })} error={wrong.from} inputMode="tel" autoComplete="off" />
        <TextInput
          label={t('at')}
          description={t('atHelp')}
          type="datetime-local"
          value={q.at ? toInput(q.at, zone) : ''}
          onChange={(e) => set({ at: fromInput(e.currentTarget.value, zone) })}
          error={wrong.at}
          rightSection={<span className="t-unit">{zone.split('/').at(-1)?.replace('_', ' ')}</span>}
          rightSectionWidth={90}
          rightSectionPointerEvents="none"
        />
        <Reference path="/accounts" label={t('account')} description={t('accountHelp')} value={q.account_id} onChange={(account_id) => set({ account_id, subscriber_id: '' })} error={wrong.account_id} />
        <Reference
          path="/subscribers"
          label={t('subscriber')}
          description={t('subscriberHelp')}
          value={q.subscriber_id}
          onChange={(subscriber_id) => set({ subscriber_id })}
          labelOf={(s) => s.login}
          query={q.account_id ? { account_id: q.account_id } : undefined}
          error={wrong.subscriber_id}
        />
        <Reference path="/servers" label={t('server')} description={t('serverHelp')} value={q.server_id} onChange={(server_id) => set({ server_id })} error={wrong.server_id} />
      </SimpleGrid>
      <div className="r-foot">
        <Button type="submit" loading={slow} leftSection={<Icon name="simulator" size={16} />}>
          {t('ask')}
        </Button>
        <Button variant="subtle" color="gray" onClick={() => onClear(setQ)}>
          {t('clear')}
        </Button>
      </div>
    </form>
  )
}

const onClear = (set: (q: Question) => void) => set(blankQuestion)
