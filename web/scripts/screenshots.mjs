// Takes the pictures of docs/images from the demo's data: node scripts/screenshots.mjs
// A stack is started for it, a few calls are placed, and each page is looked at
// once it has settled.
import { mkdirSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { launch, Visitor } from '../e2e/browser.mjs'
import { root, Stack } from '../e2e/stack.mjs'

const most = 150_000 // bytes of a picture
const images = resolve(root, 'docs/images')
mkdirSync(images, { recursive: true })

const stack = await Stack.start('screenshots')
const browser = await launch()
try {
  const calls = ['74957777777', '442071234567', '447700900123', '74951234567', '12125550177'].map((number) => stack.dial(number, { talk: '5m' }))
  const admin = await Visitor.come(browser, stack, { height: 760 })
  const page = await admin.signIn('admin')
  await sleep(3000)

  await take(page, 'overview', '/')
  await take(page, 'live', '/live')
  await stack.until(async () => (await page.evaluate(() => fetch('/api/v1/quality?since=7d').then((answer) => answer.json()))).total.bids > 3000, 120)
  await take(page, 'quality', '/quality?range=7d')
  await take(page, 'quality-heat', '/quality/heat?range=7d')
  await take(page, 'quality-time', '/quality/time?range=7d&split=country&grain=day', '.t-chart')
  await page.setViewportSize({ width: 1120, height: 700 }) // coasts are many bytes
  await take(page, 'map', '/map?range=7d')
  await page.setViewportSize({ width: 1280, height: 760 })
  await take(page, 'alarms', '/alarms?tab=rules')
  await take(page, 'call', await storyOf(page))
  await take(page, 'simulator', '/simulator?from=74951815000&to=74957777777&account_id=1&server_id=1')
  await take(page, 'account', '/accounts/4')
  await take(page, 'import', await imported(page))

  const night = await Visitor.come(browser, stack, { height: 760, theme: 'dark' })
  await take(await night.signIn('operator'), 'overview-dark', '/')
  const customer = await Visitor.come(browser, stack, { width: 390, height: 780 })
  await take(await customer.signIn('customer'), 'customer-phone', '/')
  await Promise.all(calls.map((call) => call.hangUp()))
} finally {
  await browser.close()
  await stack.stop()
}

// take looks at a page; at is what stands in the middle, where that is not its beginning.
async function take(page, name, path, at) {
  await page.goto(stack.url + path)
  await page.getByRole('main').waitFor()
  await sleep(1500) // charts and live figures
  if (at) await page.locator(at).first().evaluate((there) => there.scrollIntoView({ block: 'center' }))
  const file = resolve(images, `${name}.png`)
  await page.screenshot({ path: file })
  const { size } = statSync(file)
  console.log(`${(size / 1000).toFixed(0).padStart(5)} kB  ${name}.png`)
  if (size > most) throw new Error(`${name}.png is larger than ${most} bytes`)
}

// storyOf is a call that took a second route: the one that the stack begins with.
async function storyOf(page) {
  const list = await page.evaluate(() => fetch('/api/v1/calls?number=74957775503&limit=1').then((answer) => answer.json()))
  return `/calls/${encodeURIComponent(list.items[0].call_id)}`
}

// imported is a rate sheet that was read and waits to be looked at.
async function imported(page) {
  const sheet = ['Prefix,Destination,Rate', '1,USA and Canada,0.0049', '371,Latvia,0.0640', '44,United Kingdom,0.0101', '447,"United Kingdom, mobile",0.0260', '49,Germany,0.0080', '7,Russia,0.0120']
  const { id } = await page.evaluate(
    (body) => fetch('/api/v1/imports?file=voxbeam-december.csv&provider_id=8&tier=cli', { method: 'POST', body, headers: { 'Content-Type': 'application/octet-stream' } }).then((answer) => answer.json()),
    sheet.join('\n'),
  )
  await stack.until(async () => (await page.evaluate((id) => fetch(`/api/v1/imports/${id}`).then((answer) => answer.json()), id)).state === 'ready')
  return `/imports/${id}`
}
