// A table that is scrolled sideways where the window is narrow: by keyboard, too.
import { Table } from '@mantine/core'
import type { ReactNode } from 'react'

export function Wide({ label, width, children }: { label: string; width: number; children: ReactNode }) {
  return (
    <Table.ScrollContainer minWidth={width} scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'region', 'aria-label': label } }}>
      {children}
    </Table.ScrollContainer>
  )
}
