// What moved a balance in a time, line by line.
import { Button, Group } from '@mantine/core'
import { useEffect, useState } from 'react'
import { href, useRead, type At } from '../../api'
import { Figure, Icon, Loaded, Money, Section, TimeRange, useRange } from '../../ui'
import { Postings } from './Postings'
import { useMoney } from './text'

type Path = '/accounts/{id}/statement' | '/mine/statement'

export function Statement({ path, exportPath, at, own }: { path: Path; exportPath: string; at?: At; own?: boolean }) {
  const t = useMoney()
  const range = useRange('30d')
  const [cursor, setCursor] = useState('')
  useEffect(() => setCursor(''), [range.from, range.to])
  const times = { from: range.from, to: range.to }
  const statement = useRead(path, { ...times, limit: 100, cursor: cursor || undefined }, { at })
  return (
    <Section
      actions={
        <Group gap="xs">
          {!own && <TimeRange fallback="30d" />}
          <Button component="a" download variant="default" size="xs" leftSection={<Icon name="download" size={14} />} href={href(exportPath, { ...times, format: 'csv' }, at)}>
            {t('download')}
          </Button>
        </Group>
      }
    >
      <Loaded from={statement}>
        {(s) => (
          <>
            <div className="t-figures">
              <Figure label={t('opening')} value={<Money value={s.opening} currency={s.currency} />} />
              <Figure label={t('paidIn')} value={<Money value={s.in} currency={s.currency} />} />
              <Figure label={t('paidOut')} value={<Money value={s.out} currency={s.currency} />} />
              <Figure label={t('closing')} value={<Money value={s.closing} currency={s.currency} />} />
            </div>
            <Postings list={s.postings} own={own} />
            {(cursor || s.after) && (
              <Group justify="flex-end" gap="xs" mt="sm">
                {cursor && (
                  <Button variant="subtle" size="xs" onClick={() => setCursor('')}>
                    {t('first')}
                  </Button>
                )}
                {s.after && (
                  <Button variant="default" size="xs" onClick={() => setCursor(s.after ?? '')}>
                    {t('next')}
                  </Button>
                )}
              </Group>
            )}
          </>
        )}
      </Loaded>
    </Section>
  )
}
