// The keys, on "?".
import { Kbd, Modal, Table } from '@mantine/core'
import { useWords } from '../ui/text'
import { useShell } from './text'
import { useFocusBack } from '../ui/useFocusBack'

export default function Help({ onClose }: { onClose: () => void }) {
  useFocusBack()
  const t = useShell()
  const w = useWords()
  const keys: [string[], string][] = [
    [['/', 'Ctrl K'], t('keySearch')],
    [['j', 'k'], t('keyRows')],
    [['Enter'], t('keyOpen')],
    [['e'], t('keyEdit')],
    [['g o', 'g l', 'g c', 'g s', 'g p', 'g a'], t('keyGo')],
    [['Esc'], t('keyClose')],
    [['?'], t('keyHelp')],
  ]
  return (
    <Modal opened onClose={onClose} title={t('keys_title')} closeButtonProps={{ 'aria-label': w('close') }}>
      <Table>
        <Table.Tbody>
          {keys.map(([list, what]) => (
            <Table.Tr key={what}>
              <Table.Td w={160}>
                {list.map((k) => (
                  <Kbd key={k} mr={6} mb={4} style={{ display: 'inline-block' }}>
                    {k}
                  </Kbd>
                ))}
              </Table.Td>
              <Table.Td>{what}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  )
}
