// The dialogue behind confirm().
import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core'
import { useState } from 'react'
import type { Question, Reply } from './ask'
import { useWords } from './text'
import { useFocusBack } from './useFocusBack'

export default function Dialogue({ question, onReply }: { question: Question; onReply: (reply: Reply | null) => void }) {
  useFocusBack()
  const t = useWords()
  const [reason, setReason] = useState('')
  const [tried, setTried] = useState(false)
  const missing = Boolean(question.reason) && !reason.trim()
  const submit = () => (missing ? setTried(true) : onReply({ reason: reason.trim() }))
  return (
    <Modal opened closeOnEscape={false} onClose={() => onReply(null)} title={question.title} size={question.wide ? 'xl' : undefined} centered closeButtonProps={{ 'aria-label': t('close') }} zIndex={400}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        <Stack gap="md">
          {typeof question.body === 'string' ? <Text size="sm">{question.body}</Text> : question.body}
          {question.reason && <Textarea label={t('reason')} description={t('reasonHelp')} value={reason} onChange={(e) => setReason(e.currentTarget.value)} error={tried && missing ? t('reasonMissing') : undefined} autosize minRows={2} maxLength={200} data-autofocus withAsterisk />}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={() => onReply(null)}>
              {question.no ?? t('cancel')}
            </Button>
            <Button type="submit" color={question.danger ? 'red' : undefined} data-autofocus={question.reason ? undefined : true}>
              {question.yes ?? t('yes')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
