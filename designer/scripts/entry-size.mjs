// The first page must load fast on a phone: everything that the to-dos with one of them open need has a budget, compressed.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

const budget = 300_000
const dist = new URL('../dist/', import.meta.url).pathname
const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'))

const files = new Set()
const seen = new Set()
function visit(key) {
  if (seen.has(key)) return
  seen.add(key)
  const chunk = manifest[key]
  files.add(chunk.file)
  for (const css of chunk.css ?? []) files.add(css)
  for (const imported of chunk.imports ?? []) visit(imported)
}
for (const key of ['index.html', 'src/app/AppShell.vue', 'src/desk/tasks/TasksPage.vue', 'src/desk/tasks/TaskDetail.vue']) visit(key)

const size = (file) => gzipSync(readFileSync(join(dist, file)), { level: 9 }).length
const total = [...files].reduce((sum, file) => sum + size(file), 0)
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`
console.log(`first page: ${kilobytes(total)} gzip in ${files.size} files (limit ${kilobytes(budget)})`)
if (total > budget) {
  for (const file of files) console.error(`  ${kilobytes(size(file))}  ${file}`)
  process.exit(1)
}
