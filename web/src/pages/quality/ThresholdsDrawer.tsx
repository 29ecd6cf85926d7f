// From where on a measure is told to be poor: for everybody, by who runs the routing.
import { Drawer } from '@mantine/core'
import { useMemo } from 'react'
import { ask, useForget, useMe, useRead, useRecord, type BodyOf, type Schema } from '../../api'
import { FieldForm, Loaded, useWords, type FormItem } from '../../ui'
import { isMeasure, type Measure } from './measures'
import { fromText, toText, type Unit } from './scale'
import { useQualityText } from './text'

type Threshold = Schema<'QualityThreshold'>
type Values = Record<string, string>

export function ThresholdsDrawer({ onClose }: { onClose: () => void }) {
  const t = useQualityText()
  const words = useWords()
  const read = useRecord('/quality/thresholds')
  return (
    <Drawer opened onClose={onClose} position="right" size="min(560px, 100%)" closeButtonProps={{ 'aria-label': words('close') }} title={t('thresholdsTitle')}>
      <Loaded from={read}>{({ value, etag }) => <Form items={value.items} etag={etag} onClose={onClose} />}</Loaded>
    </Drawer>
  )
}

const valuesOf = (items: Threshold[]): Values => Object.fromEntries(items.flatMap((i) => [[`${i.measure}_warn`, toText(i.warn, i.unit as Unit)], [`${i.measure}_bad`, toText(i.bad, i.unit as Unit)]]))

function Form({ items, etag, onClose }: { items: Threshold[]; etag: string; onClose: () => void }) {
  const t = useQualityText()
  const me = useMe()
  const forget = useForget()
  const currency = useRead('/overview').data?.currency ?? ''
  const known = useMemo(() => items.filter((i) => isMeasure(i.measure)), [items])
  const units: Record<string, string> = { share: '%', ms: t('s'), us: t('ms'), money: currency, count: '', mos: '' }
  const fields = known.flatMap((i): FormItem<Values>[] => {
    const unit = i.unit as Unit
    const number = (value: string) => (fromText(value ?? '', unit) === undefined ? t('badNumber', { unit: units[unit]! }) : undefined)
    const limit = (level: 'warn' | 'bad') => ({
      name: `${i.measure}_${level}`,
      label: t(`limit_${level}`),
      unit: units[unit],
      kind: 'money' as const,
      check: (value: never, values: Values) => number(value) ?? (level === 'warn' && beyond(i, values) ? t('warnBeyond') : undefined),
    })
    return [{ section: t(`m_${i.measure as Measure}`), help: t(i.worse === 'below' ? 'poorBelow' : 'poorAbove') }, limit('warn'), limit('bad')]
  })
  return (
    <FieldForm<Values>
      initial={valuesOf(known)}
      etag={etag}
      fields={fields}
      readOnly={!me.operates}
      columns={2}
      save={(values, version) => ask('put', '/quality/thresholds', { body: bodyOf(known, values), etag: version })}
      reload={async () => {
        const now = await ask('get', '/quality/thresholds')
        return { value: valuesOf(now.value.items), etag: now.etag }
      }}
      onSaved={() => {
        void forget('/quality')
        onClose()
      }}
      onCancel={onClose}
    />
  )
}

// beyond: one would hear that it is bad before one is warned.
function beyond(i: Threshold, values: Values): boolean {
  const [warn, bad] = ['warn', 'bad'].map((level) => fromText(values[`${i.measure}_${level}`] ?? '', i.unit as Unit))
  if (typeof warn !== 'number' || typeof bad !== 'number') return false
  return i.worse === 'below' ? warn < bad : warn > bad
}

function bodyOf(items: Threshold[], values: Values) {
  const of = (i: Threshold, level: 'warn' | 'bad') => fromText(values[`${i.measure}_${level}`] ?? '', i.unit as Unit) ?? null
  return { items: items.map((i) => ({ measure: i.measure, warn: of(i, 'warn'), bad: of(i, 'bad') })) } as BodyOf<'put', '/quality/thresholds'>
}
