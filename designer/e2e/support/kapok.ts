/** The real program, on a data folder of its own. */
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { vi } from 'vitest'
import { listen } from './listen'

/** A demonstration's people all have it. */
export const PASSWORD = 'kapok-demo'

const workspace = resolve(import.meta.dirname, '../../..')
const target = resolve(workspace, process.env['CARGO_TARGET_DIR'] ?? 'target')
const binary = process.env['KAPOK_BIN'] ?? join(target, 'debug/kapok')

export class Kapok {
  readonly address: string
  /** What the program printed, for a test that fails. */
  log = ''
  private child: ChildProcess | undefined

  private constructor(
    private readonly folder: string,
    private readonly port: number,
  ) {
    this.address = `http://127.0.0.1:${port}`
  }

  /** Starts a demonstration; `config` is the text of its configuration file. */
  static async start(config: string): Promise<Kapok> {
    const folder = await mkdtemp(join(tmpdir(), 'kapok-e2e-'))
    await writeFile(join(folder, 'kapok.toml'), config)
    const kapok = new Kapok(folder, await freePort())
    await kapok.run()
    return kapok
  }

  /** Runs the program until it answers. After [`Kapok.kill`] that is a start after a crash. */
  async run(): Promise<void> {
    const data = join(this.folder, 'data')
    const options = ['--data', data, '--listen', `127.0.0.1:${this.port}`, '--config', join(this.folder, 'kapok.toml')]
    const child = spawn(binary, ['serve', '--demo', ...options], { stdio: ['ignore', 'pipe', 'pipe'] })
    this.child = child
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (this.log += String(chunk)))
    let ended: string | undefined
    child.on('error', (error) => (ended = String(error)))
    child.on('exit', (code, signal) => (ended = `it ended with ${signal ?? code}`))
    const healthy = async () => {
      if (ended) return true
      const { ok } = await fetch(`${this.address}/healthz`)
      if (!ok) throw new Error('not healthy yet')
      return true
    }
    await vi.waitFor(healthy, { timeout: 90_000, interval: 50 })
    if (ended) throw new Error(`${binary} does not run: ${ended}\n${this.log}`)
  }

  /** As if the power had failed. */
  kill(): Promise<void> {
    return this.end('SIGKILL')
  }

  /** Ends it in order and removes its data. */
  async stop(): Promise<void> {
    await this.end('SIGTERM')
    await rm(this.folder, { recursive: true, force: true })
  }

  private async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise((ended) => child.once('exit', ended))
    child.kill(signal)
    await gone
  }
}

/** An example plugin as one file: `cargo xtask plugins` has built it, and the program packs it. */
export async function packed(example: string): Promise<{ name: string; mimeType: string; buffer: Buffer }> {
  const built = join(workspace, 'examples', example, 'dist')
  const folder = await mkdtemp(join(tmpdir(), 'kapok-plugin-'))
  try {
    await mkdir(join(folder, 'dist'))
    await copyFile(join(built, 'plugin.toml'), join(folder, 'plugin.toml'))
    await copyFile(join(built, 'plugin.wasm'), join(folder, 'dist/plugin.wasm'))
    await promisify(execFile)(binary, ['plugin', 'build'], { cwd: folder })
    const name = (await readdir(join(folder, 'dist'))).find((file) => file.endsWith('.kapok'))
    if (!name) throw new Error('the program packed nothing')
    return { name, mimeType: 'application/octet-stream', buffer: await readFile(join(folder, 'dist', name)) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The same after a restart, so that browsers find it again. */
async function freePort(): Promise<number> {
  const { port, stop } = await listen(createServer())
  await stop()
  return port
}
