// The first load: how much, and how soon there is something to see.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { visit } from './doing.mjs'
import { measure, told } from './first_load.mjs'

const most = 200_000 // bytes of scripts and styles, packed: as scripts/size.mjs

test('first screen: small, and how soon', async (t) =>
  visit({}, async (visitor) => {
    const figures = await measure(visitor, 'admin', 1)
    for (const line of told(figures)) t.diagnostic(line)
    for (const { name, code } of figures) assert.ok(code > 20_000 && code <= most, `${name}: ${code} bytes of scripts and styles before the first content, at most ${most}`)
  }))
