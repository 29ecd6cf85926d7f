// The frame of pages before one is signed in.
import { Group, Paper, SegmentedControl, Stack, Text, Title } from '@mantine/core'
import { useEffect, type ReactNode } from 'react'
import { languages, setLocale, useLocale, type Language } from '../../i18n'
import { Brand } from '../../shell/Brand'
import { useText } from './text'

export function Frame({ title, help, children }: { title: string; help: ReactNode; children: ReactNode }) {
  const t = useText()
  const { language } = useLocale()
  useEffect(() => {
    document.title = `${title} · Tandem`
  }, [title])
  return (
    <div className="t-sign">
      <main>
        <Group justify="space-between" mb="lg">
          <Group gap="sm">
            <Brand size={30} />
            <Text fw={650} size="lg">
              Tandem
            </Text>
          </Group>
          <SegmentedControl size="xs" aria-label={t('language')} value={language} onChange={(to) => setLocale({ language: to as Language })} data={Object.entries(languages).map(([value, label]) => ({ value, label }))} />
        </Group>
        <Paper withBorder p="xl" radius="md" className="t-section">
          <Stack gap="md">
            <div>
              <Title order={1}>{title}</Title>
              <Text size="sm" c="dimmed" mt={4}>
                {help}
              </Text>
            </div>
            {children}
          </Stack>
        </Paper>
      </main>
    </div>
  )
}
