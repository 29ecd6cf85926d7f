// Two people edited the same thing: what is different, and the choice.
import { Alert, Button, Group, Table } from '@mantine/core'
import type { Field } from './Field'
import { Icon } from './icons'
import { Scroll } from './Page'
import { useWords } from './text'
import { same, type Form } from './useForm'

export function ConflictView<V extends object>({ form, fields, onGone }: { form: Form<V>; fields: Field<V>[]; onGone?: () => void }) {
  const t = useWords()
  const theirs = form.conflict?.theirs
  if (!theirs)
    return (
      <Alert color="red" variant="light" icon={<Icon name="warning" />} title={t('conflict')} role="alert">
        {t('conflictGone')}
        {onGone && (
          <Button mt="sm" size="xs" variant="default" onClick={onGone}>
            {t('close')}
          </Button>
        )}
      </Alert>
    )
  const changed = fields.filter((f) => !same(theirs[f.name], form.seen[f.name]) || !same(theirs[f.name], form.values[f.name]))
  return (
    <Alert color="yellow" variant="light" icon={<Icon name="warning" />} title={t('conflict')} role="alert">
      {t('conflictHelp')}
      <Scroll label={t('conflict')} minWidth={420}>
        <Table verticalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              {([t('conflictField'), t('conflictSeen'), t('conflictNow'), t('conflictYours')] as const).map((title) => (
                <Table.Th key={title}>{title}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {changed.map((f) => (
              <Table.Tr key={f.name}>
                <Table.Td>{f.label}</Table.Td>
                <Table.Td>{show(form.seen[f.name])}</Table.Td>
                <Table.Td fw={same(theirs[f.name], form.seen[f.name]) ? undefined : 600}>{show(theirs[f.name])}</Table.Td>
                <Table.Td fw={same(form.values[f.name], form.seen[f.name]) ? undefined : 600}>{show(form.values[f.name])}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Scroll>
      <Group gap="sm" mt="sm">
        <Button size="xs" variant="default" onClick={form.takeTheirs}>
          {t('conflictTake')}
        </Button>
        <Button size="xs" color="red" variant="outline" loading={form.saving} onClick={() => void form.keepMine()}>
          {t('conflictKeep')}
        </Button>
      </Group>
    </Alert>
  )
}

function show(value: unknown) {
  if (value === undefined || value === null || value === '') return '–'
  if (Array.isArray(value)) return value.map((v) => (typeof v === 'object' ? JSON.stringify(v) : String(v))).join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
