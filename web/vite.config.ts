import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

// Where a Tandem listens while one works on the console: `npm run dev`.
const server = process.env.TANDEM_URL ?? 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [react(), gzip()],
  build: { target: 'es2022', assetsInlineLimit: 0, chunkSizeWarningLimit: 400, reportCompressedSize: false, modulePreload: { polyfill: false } },
  server: { proxy: { '/api': { target: server, changeOrigin: false } } },
  test: { environment: 'happy-dom', include: ['src/**/*.test.{ts,tsx}'], testTimeout: 30_000 },
} as Parameters<typeof defineConfig>[0])

// gzip writes x.gz beside every x worth it: the server compresses nothing itself.
function gzip(): Plugin {
  return {
    name: 'gzip',
    apply: 'build',
    closeBundle() {
      for (const entry of readdirSync('dist', { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !/\.(js|css|html|svg)$/.test(entry.name)) continue
        const path = join(entry.parentPath, entry.name)
        const text = readFileSync(path)
        const packed = gzipSync(text, { level: 9 })
        if (packed.length < text.length * 0.9) writeFileSync(`${path}.gz`, packed)
      }
    },
  }
}
