// The console in Russian: everything that we say is said in it. What came from the
// data (names, numbers, texts of people) stays as it was written.
import assert from 'node:assert/strict'
import { api, beside, places, stack, turn, visit } from './doing.mjs'

// The trade's words, units and codes that are the same in Russian.
const same = new Set(
  `Tandem API CSV NDJSON CPS ASR ABR NER ACD PDD MOS SIP IAX CLI ID UTC IP E UTF XLSX JSON HTTP HTTPS TLS URL TOTP AMI ARI AGI FastAGI MariaDB Asterisk DNS NAT DTMF RTP CDR PIN SMS
  Esc Enter Ctrl Shift Alt Tab Home End j k g o l c s p a e English QR LCR CURL Linux dial peer endpoint
  cli non noncli premium IN OUT GSM alaw ulaw opus EUR USD RUB GBP ISO Hz kB MB P ASN`.split(/\s+/).map((word) => word.toLowerCase()),
)

// What is not ours to say in Russian: terms that are explained behind their English name,
// commands, versions and other words with digits, the logins of the demo.
const terms = /Answer-seizure ratio|Network effectiveness ratio|Post-dial delay|tandem(?: \w+| --\w+)+|\S*\d\S*|^(Вы: )?(admin|operator|analyst|retail|agent)(?=$|, )|^dev$/g

beside('in Russian: sign in, every page, nothing left in English', () =>
  visit({ language: 'ru-RU' }, async (visitor) => {
    const found = []
    for (const role of ['admin', 'customer']) {
      const data = await listen(visitor)
      const page = await visitor.tab(role === 'admin' ? '/calls?open=nothing' : '/')
      await page.getByRole('heading', { level: 1, name: 'Вход' }).waitFor()
      found.push(...(await english(page, data, 'sign-in')))
      await visitor.door(page, stack().user(role))
      await Promise.all((role === 'admin' ? ['/servers', '/health/servers', '/providers', '/numbers', '/subscribers'] : []).map((path) => api(page, path)))
      for (const path of [...(await places(page)), ...(await more(role, page))]) {
        await turn(page, path)
        assert.equal(await page.evaluate(() => document.documentElement.lang), 'ru')
        found.push(...(await english(page, data, path)))
        if (path === '/users') await page.getByText('аналитик').first().waitFor()
      }
      await page.getByRole('button', { name: /^Вы:/ }).click()
      await page.getByRole('menuitem', { name: 'Выйти' }).click()
      await page.locator('input[name=login]').waitFor()
      await page.close()
    }
    const all = [...new Set(found)]
    assert.ok(all.length === 0, all.join('\n'))
  }))

// more are pages of one thing, and forms.
async function more(role, page) {
  if (role !== 'admin') return ['/profile']
  const { items } = await api(page, '/calls?number=74957775503&limit=1')
  return [
    `/calls/${encodeURIComponent(items[0].call_id)}`, '/providers/8', '/providers/8?tab=settings', '/providers?edit=new', '/numbers?edit=new', '/accounts/4', '/accounts/4?tab=statement',
    '/accounts/4?tab=settings', '/decks/7', '/servers/1', '/simulator?from=74951815000&to=74957777777', '/profile',
    '/alarms?tab=rules', '/alarms?tab=rules&edit=new', '/alarms?tab=channels', '/alarms?tab=channels&edit=new', '/alarms?tab=deliveries', '/map?m=asr&c=GB', '/policies?tab=blocks&edit=new',
    '/quality/heat', '/quality/time', '/quality/causes', '/quality/margin', '/attempts',
  ]
}

beside('a language is chosen once, and kept', () =>
  visit({}, async (visitor) => {
    const page = await visitor.signIn('analyst', '/providers')
    await page.getByRole('button', { name: /^You:/ }).click()
    await page.getByRole('menuitemradio', { name: 'Русский' }).click()
    await page.getByRole('heading', { level: 1, name: 'Провайдеры' }).waitFor()
    await page.reload()
    await page.getByRole('heading', { level: 1, name: 'Провайдеры' }).waitFor()
    assert.match(await page.title(), /Провайдеры/)
  }))

// listen gathers the words of the data: what the API said, but for the words of its own
// language, its enums, which the console has to translate.
async function listen(visitor) {
  const own = enums(await (await fetch(`${stack().url}/api/v1/openapi.json`)).json())
  const answers = []
  visitor.context.on('response', (answer) => {
    if (/json/.test(answer.headers()['content-type'] ?? '')) answers.push(answer.text().catch(() => ''))
  })
  return async () => {
    const words = new Set(same)
    for (const text of await Promise.all(answers)) {
      for (const said of texts(text && JSON.parse(text))) {
        if (!own.has(said)) for (const word of latin(said)) words.add(word.toLowerCase())
      }
    }
    return words
  }
}

const texts = (value) => (typeof value === 'string' ? [value] : value && typeof value === 'object' ? Object.values(value).flatMap(texts) : [])

function enums(document, found = new Set()) {
  if (document && typeof document === 'object') {
    if (Array.isArray(document.enum)) for (const value of document.enum) found.add(value)
    for (const inner of Object.values(document)) enums(inner, found)
  }
  return found
}

const latin = (text) => text.match(/[A-Za-z]{3,}/g) ?? []

// english are the Latin words of a page that are neither the trade's nor the data's.
async function english(page, heard, path) {
  const said = await page.evaluate(() => {
    const list = []
    const own = (e) => e?.closest('[lang=en], code, pre, kbd, .t-mono, option, [data-field=time_zone]')
    // A list of zones is there before it is opened.
    const seen = (e) => e.closest('[role=option]') === null || e.checkVisibility({ visibilityProperty: true })
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const at = node.parentElement
      if (at && seen(at) && !own(at) && !/^(SCRIPT|STYLE|NOSCRIPT)$/.test(at.tagName)) list.push(node.textContent)
    }
    for (const e of document.querySelectorAll('[aria-label],[title],[placeholder],[alt]')) {
      if (!own(e)) list.push(...['aria-label', 'title', 'placeholder', 'alt'].map((name) => e.getAttribute(name) ?? ''))
    }
    return [document.title, ...list]
  })
  const data = await heard()
  return said.flatMap((text) => latin(text.replace(terms, '')).filter((word) => !data.has(word.toLowerCase())).map((word) => `${path}: “${word}” in “${text.trim().slice(0, 60)}”`))
}
