// A whole stack to look at: MariaDB, Asterisk, carriers, Tandem, by `tandem play`.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export const root = resolve(import.meta.dirname, '../..')
const program = process.env.TANDEM_BIN ?? resolve(root, 'bin/tandem')

export class Stack {
  // start begins a stack in var/<name> and waits until it serves. While one works on
  // a test, TANDEM_RUN=var/run.json takes the one of `make run` instead.
  static async start(name) {
    const stack = new Stack()
    if (process.env.TANDEM_RUN) return stack.use(resolve(root, process.env.TANDEM_RUN))
    stack.dir = resolve(root, 'var', name)
    mkdirSync(stack.dir, { recursive: true })
    stack.log = resolve(stack.dir, 'play.log')
    const log = createWriteStream(stack.log)
    stack.play = spawn(program, ['play', '--dir', resolve(stack.dir, 'play')], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    for (const stream of [stack.play.stdout, stack.play.stderr]) {
      stream.on('data', (text) => {
        said += text
        log.write(text)
      })
    }
    for (let left = 1200; !said.includes('Everything runs'); left--) {
      if (stack.play.exitCode !== null || left === 0) {
        await stack.stop()
        throw new Error(`the stack did not start (${stack.log}):\n${said}`)
      }
      await sleep(100)
    }
    return stack.use(resolve(stack.dir, 'run.json'))
  }

  use(runFile) {
    this.runFile = runFile
    this.run = JSON.parse(readFileSync(runFile, 'utf8'))
    this.url = this.run.console.url.replace(/\/$/, '')
    return this
  }

  user(role) {
    return this.run.console.users.find((u) => u.role === role)
  }

  // tandem runs a command on the stack's configuration and returns what it printed.
  async tandem(...args) {
    const child = spawn(program, [...args, '--config', this.run.nodes[0].config], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text))
    const [code] = await once(child, 'close')
    if (code !== 0) throw new Error(`tandem ${args.join(' ')}: ${said}`)
    return said
  }

  // dial places a call in the background; `said` of the answer is what the phone told.
  dial(number, { as = 'retail-1', talk = '60s' } = {}) {
    const child = spawn(program, ['dial', '--run', this.runFile, '--as', as, '--talk', talk, number], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const call = { said: '', over: once(child, 'close') }
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (call.said += text))
    call.hangUp = async () => {
      if (child.exitCode === null) child.kill('SIGINT')
      await call.over
    }
    return call
  }

  // stopNode ends Tandem, and startNode starts it anew, as an upgrade does.
  async stopNode() {
    if (this.node) {
      const over = once(this.node, 'close')
      this.node.kill('SIGTERM')
      await over
      this.node = null
      return
    }
    process.kill(this.nodePID(), 'SIGTERM')
    await this.until(async () => !(await this.serves()))
  }

  async startNode() {
    this.node = spawn(program, ['serve', '--config', this.run.nodes[0].config], { cwd: root, stdio: 'ignore', detached: !this.play })
    if (!this.play) {
      this.node.unref()
      writeFileSync(this.pidFile(), String(this.node.pid))
    }
    await this.until(() => this.serves())
  }

  // The Tandem of a stack that is used again and again may be one that a test before
  // has started.
  nodePID() {
    return existsSync(this.pidFile()) ? Number(readFileSync(this.pidFile(), 'utf8')) : this.run.nodes[0].pid
  }

  pidFile() {
    return resolve(this.run.dir, 'node-of-tests.pid')
  }

  async serves() {
    return fetch(`${this.url}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    )
  }

  async until(holds, seconds = 30) {
    for (let left = seconds * 20; left > 0; left--) {
      if (await holds()) return
      await sleep(50)
    }
    throw new Error('waited in vain')
  }

  async stop() {
    if (!this.play) return // it was there before us
    if (this.node) await this.stopNode()
    if (this.play.exitCode === null) {
      const over = once(this.play, 'close')
      this.play.kill('SIGINT')
      await over
    }
  }
}
