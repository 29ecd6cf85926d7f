// Measures the first load: what index.html asks for, gzipped. Fails above the limit.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const limit = 200_000
const dist = new URL(`../${process.argv[2] ?? 'dist'}/`, import.meta.url)
const html = readFileSync(new URL('index.html', dist), 'utf8')
const files = ['index.html', ...[...html.matchAll(/(?:src|href)="\/([^"]+\.(?:js|css))"/g)].map((m) => m[1])]
let sum = 0
for (const file of files) {
  const size = gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length
  sum += size
  console.log(`${(size / 1000).toFixed(1).padStart(8)} kB  ${file}`)
}
console.log(`${(sum / 1000).toFixed(1).padStart(8)} kB  first load, gzipped; at most ${limit / 1000}`)
if (sum > limit) process.exit(1)
