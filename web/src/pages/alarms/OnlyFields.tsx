// What a rule is kept to: some providers, some countries. All conditions must hold.
import { ActionIcon, Button, Group, Input, Pill, Select, TagsInput } from '@mantine/core'
import { useState } from 'react'
import type { ListPath } from '../../api'
import { Icon, Reference } from '../../ui'
import type { Only } from './ruleForm'
import { useAlarmText } from './text'
import { dimensions, useAlarmWords, type Dimension } from './words'

type Props = { value: Only[]; set: (to: Only[]) => void; error?: string; may?: string[]; readOnly?: boolean }

export function OnlyFields({ value, set, error, may = [...dimensions], readOnly }: Props) {
  const t = useAlarmText()
  const words = useAlarmWords()
  const free = dimensions.filter((d) => may.includes(d) && !value.some((o) => o.what === d))
  const change = (n: number, to: Partial<Only>) => set(value.map((o, i) => (i === n ? { ...o, ...to } : o)))
  return (
    <Input.Wrapper label={t('only')} description={t('onlyHelp')} error={error} labelElement="div">
      <div className="a-only">
        {value.map((o, n) => (
          <div key={o.what} className="a-only-row">
            <Select aria-label={t('onlyWhat')} w={150} disabled={readOnly} allowDeselect={false} data={[o.what, ...free].map((d) => ({ value: d, label: words.what(d) }))} value={o.what} onChange={(to) => change(n, { what: to as Dimension, values: [] })} />
            <Values what={o.what} value={o.values} set={(values) => change(n, { values })} readOnly={readOnly} />
            {!readOnly && (
              <ActionIcon variant="subtle" color="gray" aria-label={t('onlyRemove', { what: words.what(o.what) })} onClick={() => set(value.filter((_, i) => i !== n))}>
                <Icon name="close" size={16} />
              </ActionIcon>
            )}
          </div>
        ))}
        {!readOnly && free.length > 0 && (
          <Button variant="default" size="xs" leftSection={<Icon name="plus" size={14} />} onClick={() => set([...value, { what: free[0]!, values: [] }])}>
            {t('onlyAdd')}
          </Button>
        )}
      </div>
    </Input.Wrapper>
  )
}

const lists: Partial<Record<Dimension, ListPath>> = { provider: '/providers', gate: '/gates', account: '/accounts' }

function Values({ what, value, set, readOnly }: { what: Dimension; value: string[]; set: (to: string[]) => void; readOnly?: boolean }) {
  const t = useAlarmText()
  const words = useAlarmWords()
  const path = lists[what]
  if (!path) return <TagsInput aria-label={`${t('onlyValues')}: ${words.what(what)}`} className="a-grow" disabled={readOnly} value={value} onChange={set} splitChars={[',', ' ', ';']} acceptValueOnBlur />
  return <Records what={what} path={path} value={value} set={set} readOnly={readOnly} />
}

// Records are chosen by their names and kept by their numbers.
function Records({ what, path, value, set, readOnly }: { what: Dimension; path: ListPath; value: string[]; set: (to: string[]) => void; readOnly?: boolean }) {
  const t = useAlarmText()
  const words = useAlarmWords()
  const [names, setNames] = useState<Record<string, string>>({})
  const nameOf = (id: string) => names[id] ?? `#${id}`
  return (
    <Group gap={6} className="a-grow">
      {value.map((id) => (
        <Pill key={id} withRemoveButton={!readOnly} onRemove={() => set(value.filter((v) => v !== id))} removeButtonProps={{ 'aria-label': t('removeValue', { name: nameOf(id) }), tabIndex: 0 }}>
          {nameOf(id)}
        </Pill>
      ))}
      {!readOnly && (
        <Reference
          path={path}
          aria-label={t('addValue', { what: words.what(what) })}
          placeholder={t('addValue', { what: words.what(what) })}
          value=""
          onChange={(id, label) => {
            if (!id || value.includes(id)) return
            setNames({ ...names, [id]: label })
            set([...value, id])
          }}
        />
      )}
    </Group>
  )
}
