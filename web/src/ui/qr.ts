// QR codes (ISO/IEC 18004): bytes, error correction level L, versions 1 to 10, which
// is up to 271 bytes: enough for an otpauth address.

const correction = [7, 10, 15, 20, 26, 18, 20, 24, 30, 18] // codewords a block
const blocks = [1, 1, 1, 1, 1, 2, 2, 2, 2, 4]
const codewords = [26, 44, 70, 100, 134, 172, 196, 242, 292, 346]
const alignment = [[], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46], [6, 28, 50]]

type Modules = { size: number; dark: boolean[][]; fixed: boolean[][] }

/** qr answers with rows of modules, true is dark; undefined: the text is too long. */
export function qr(text: string): boolean[][] | undefined {
  const bytes = new TextEncoder().encode(text)
  const version = codewords.findIndex((all, v) => room(all, v) >= bytes.length + (v < 9 ? 2 : 3)) + 1
  if (version === 0) return undefined
  const stream = interleave(pack(bytes, version), version)
  let best: { dark: boolean[][]; cost: number } | undefined
  for (let mask = 0; mask < 8; mask++) {
    const m = frame(version)
    fill(m, stream, mask)
    format(m, mask)
    const cost = penalty(m.dark)
    if (!best || cost < best.cost) best = { dark: m.dark, cost }
  }
  return best?.dark
}

const room = (all: number, v: number) => all - correction[v]! * blocks[v]!

// pack makes the data codewords: mode, length, bytes, an end, filling.
function pack(bytes: Uint8Array, version: number): number[] {
  const bits: number[] = []
  const put = (value: number, length: number) => {
    for (let i = length - 1; i >= 0; i--) bits.push((value >> i) & 1)
  }
  put(4, 4)
  put(bytes.length, version < 10 ? 8 : 16)
  bytes.forEach((b) => put(b, 8))
  const all = room(codewords[version - 1]!, version - 1) * 8
  put(0, Math.min(4, all - bits.length))
  put(0, (8 - (bits.length % 8)) % 8)
  for (let pad = 0xec; bits.length < all; pad ^= 0xec ^ 0x11) put(pad, 8)
  return Array.from({ length: bits.length / 8 }, (_, i) => bits.slice(i * 8, i * 8 + 8).reduce((n, b) => n * 2 + b, 0))
}

// The field of 256 elements modulo x⁸+x⁴+x³+x²+1.
function times(a: number, b: number) {
  let product = 0
  for (let i = 7; i >= 0; i--) {
    product = (product << 1) ^ ((product >> 7) * 0x11d)
    product ^= ((b >> i) & 1) * a
  }
  return product
}

// remainder makes the correction codewords of a block (Reed and Solomon).
function remainder(data: number[], degree: number) {
  const divisor = Array<number>(degree).fill(0)
  divisor[degree - 1] = 1
  let root = 1
  for (let i = 0; i < degree; i++) {
    for (let j = 0; j < degree; j++) divisor[j] = times(divisor[j]!, root) ^ (divisor[j + 1] ?? 0)
    root = times(root, 2)
  }
  const rest = Array<number>(degree).fill(0)
  for (const b of data) {
    const factor = b ^ rest.shift()!
    rest.push(0)
    divisor.forEach((d, i) => (rest[i]! ^= times(d, factor)))
  }
  return rest
}

function interleave(data: number[], version: number) {
  const count = blocks[version - 1]!
  const degree = correction[version - 1]!
  const short = Math.floor(data.length / count)
  const longOnes = data.length % count
  const parts: number[][] = []
  for (let i = 0, at = 0; i < count; i++) {
    const length = short + (i < count - longOnes ? 0 : 1)
    parts.push(data.slice(at, at + length))
    at += length
  }
  const out: number[] = []
  for (let i = 0; i <= short; i++) parts.forEach((p) => i < p.length && out.push(p[i]!))
  const rests = parts.map((p) => remainder(p, degree))
  for (let i = 0; i < degree; i++) rests.forEach((r) => out.push(r[i]!))
  return out
}

// frame draws what is the same in every code of a version.
function frame(version: number): Modules {
  const size = version * 4 + 17
  const grid = () => Array.from({ length: size }, () => Array<boolean>(size).fill(false))
  const m: Modules = { size, dark: grid(), fixed: grid() }
  for (let i = 0; i < size; i++) {
    set(m, 6, i, i % 2 === 0)
    set(m, i, 6, i % 2 === 0)
  }
  for (const [y, x] of [[3, 3], [3, size - 4], [size - 4, 3]] as const) {
    for (let dy = -4; dy <= 4; dy++)
      for (let dx = -4; dx <= 4; dx++) {
        const ring = Math.max(Math.abs(dy), Math.abs(dx))
        set(m, y + dy, x + dx, ring !== 2 && ring !== 4)
      }
  }
  const at = alignment[version - 1]!
  for (const y of at)
    for (const x of at) {
      const corner = (y === 6 && x === 6) || (y === 6 && x === size - 7) || (y === size - 7 && x === 6)
      if (corner) continue
      for (let dy = -2; dy <= 2; dy++) for (let dx = -2; dx <= 2; dx++) set(m, y + dy, x + dx, Math.max(Math.abs(dy), Math.abs(dx)) !== 1)
    }
  format(m, 0)
  if (version >= 7) {
    const bits = (version << 12) | check(version, 12, 0x1f25)
    for (let i = 0; i < 18; i++) {
      const dark = ((bits >> i) & 1) === 1
      set(m, Math.floor(i / 3), size - 11 + (i % 3), dark)
      set(m, size - 11 + (i % 3), Math.floor(i / 3), dark)
    }
  }
  return m
}

function set(m: Modules, y: number, x: number, dark: boolean) {
  if (y < 0 || x < 0 || y >= m.size || x >= m.size) return
  m.dark[y]![x] = dark
  m.fixed[y]![x] = true
}

// check is the remainder that protects the few bits of format and version.
function check(value: number, length: number, generator: number) {
  let rest = value
  const top = 1 << length
  for (let i = 0; i < length; i++) {
    rest <<= 1
    if (rest & top) rest ^= generator
  }
  return rest
}

// format says level and mask, twice.
function format(m: Modules, mask: number) {
  const data = (1 << 3) | mask
  const bits = ((data << 10) | check(data, 10, 0x537)) ^ 0x5412
  const bit = (i: number) => ((bits >> i) & 1) === 1
  const n = m.size
  for (let i = 0; i < 6; i++) set(m, i, 8, bit(i))
  set(m, 7, 8, bit(6))
  set(m, 8, 8, bit(7))
  set(m, 8, 7, bit(8))
  for (let i = 9; i < 15; i++) set(m, 8, 14 - i, bit(i))
  for (let i = 0; i < 8; i++) set(m, 8, n - 1 - i, bit(i))
  for (let i = 8; i < 15; i++) set(m, n - 15 + i, 8, bit(i))
  set(m, n - 8, 8, true)
}

const masks: ((y: number, x: number) => boolean)[] = [
  (y, x) => (y + x) % 2 === 0,
  (y) => y % 2 === 0,
  (_, x) => x % 3 === 0,
  (y, x) => (y + x) % 3 === 0,
  (y, x) => (Math.floor(y / 2) + Math.floor(x / 3)) % 2 === 0,
  (y, x) => ((y * x) % 2) + ((y * x) % 3) === 0,
  (y, x) => (((y * x) % 2) + ((y * x) % 3)) % 2 === 0,
  (y, x) => (((y + x) % 2) + ((y * x) % 3)) % 2 === 0,
]

// fill goes up and down in pairs of columns, from the right.
function fill(m: Modules, stream: number[], mask: number) {
  let i = 0
  for (let right = m.size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5
    for (let step = 0; step < m.size; step++) {
      const y = ((right + 1) & 2) === 0 ? m.size - 1 - step : step
      for (const x of [right, right - 1]) {
        if (m.fixed[y]![x]) continue
        const bit = i < stream.length * 8 && ((stream[i >> 3]! >> (7 - (i & 7))) & 1) === 1
        m.dark[y]![x] = bit !== masks[mask]!(y, x)
        i++
      }
    }
  }
}

// penalty counts what readers stumble over: long runs, blocks, too much of one kind.
function penalty(dark: boolean[][]) {
  const n = dark.length
  let cost = 0
  for (let a = 0; a < n; a++) {
    for (const at of [(b: number) => dark[a]![b]!, (b: number) => dark[b]![a]!]) {
      let run = 1
      let line = at(0) ? '1' : '0'
      for (let b = 1; b < n; b++) {
        line += at(b) ? '1' : '0'
        run = at(b) === at(b - 1) ? run + 1 : 1
        if (run === 5) cost += 3
        else if (run > 5) cost++
      }
      cost += 40 * (line.split('10111010000').length + line.split('00001011101').length - 2)
    }
  }
  for (let y = 1; y < n; y++) for (let x = 1; x < n; x++) if (dark[y]![x] === dark[y]![x - 1] && dark[y]![x] === dark[y - 1]![x] && dark[y]![x] === dark[y - 1]![x - 1]) cost += 3
  const share = dark.flat().filter(Boolean).length / (n * n)
  return cost + 10 * Math.floor(Math.abs(share - 0.5) * 20)
}
