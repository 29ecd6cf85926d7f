// Makes src/api/schema.gen.ts, the types of the API, from its OpenAPI document.
// The document comes from the code (`tandem openapi`), or from the file that
// TANDEM_OPENAPI names.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import openapiTS, { astToString } from 'openapi-typescript'

const file = process.env.TANDEM_OPENAPI
const text = file
  ? readFileSync(file, 'utf8')
  : execFileSync('go', ['run', './cmd/tandem', 'openapi'], { cwd: new URL('../..', import.meta.url), encoding: 'utf8', maxBuffer: 64 << 20 })

const ast = await openapiTS(JSON.parse(text), { alphabetize: true, defaultNonNullable: false })
const out = new URL('../src/api/schema.gen.ts', import.meta.url)
writeFileSync(out, '// Made by `npm run types`; not for editing.\n\n' + astToString(ast))
