import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

// Components that look like others, or have no styles of their own.
const bare = new Set(['Box', 'MantineProvider', 'Portal', 'FocusTrap', 'Transition', 'Collapse', 'Space', 'MultiSelect', 'Autocomplete', 'TagsInput', 'Textarea', 'TextInput', 'Select', 'FileInput', 'FileButton', 'CopyButton', 'NativeSelect', 'JsonInput', 'HoverCard', 'InputWrapper'])

test('every Mantine component in use has its styles', () => {
  const styled = readFileSync('src/mantine.ts', 'utf8')
  const known = new Set(readdirSync('node_modules/@mantine/core/styles').map((f) => f.replace(/(\.layer)?\.css$/, '')))
  const missing = new Set<string>()
  for (const entry of readdirSync('src', { recursive: true, withFileTypes: true })) {
    if (!/\.tsx?$/.test(entry.name)) continue
    const text = readFileSync(join(entry.parentPath, entry.name), 'utf8')
    for (const [, list] of text.matchAll(/import \{([^}]+)\} from '@mantine\/core'/g)) {
      for (const name of list!.split(',').map((n) => n.trim())) {
        if (known.has(name) && !bare.has(name) && !styled.includes(`/${name}.css'`)) missing.add(`${name} (${entry.name})`)
      }
    }
  }
  expect([...missing], 'add them to src/mantine.ts').toEqual([])
})
