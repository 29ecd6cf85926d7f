// First screen: from the beginning of the navigation to the first content, and what was
// loaded for it. As a command, on a stack of its own or the one of TANDEM_RUN:
//
//	node e2e/first_load.mjs
import { launch, Visitor } from './browser.mjs'
import { Stack } from './stack.mjs'

// measure opens the sign-in page and the overview in browsers that know nothing yet,
// then the overview once more in one that has the files.
export async function measure(visitor, role, rounds) {
  await visitor.signIn(role)
  const cookies = await visitor.context.cookies()
  const browser = visitor.context.browser()
  const of = async (name, cookies, warm) => {
    const all = []
    for (let round = 0; round < rounds; round++) all.push(await load(browser, visitor.stack, cookies, warm))
    return { name, rounds, ...middle(all) }
  }
  return [await of('sign-in', [], false), await of('overview', cookies, false), await of('overview, seen before', cookies, true)]
}

async function load(browser, stack, cookies, warm) {
  const { context } = await Visitor.come(browser, stack)
  await context.addCookies(cookies)
  const page = await context.newPage()
  if (warm) await page.goto(stack.url).then(() => page.getByRole('heading', { level: 1 }).waitFor())
  await page.goto(stack.url)
  await page.getByRole('heading', { level: 1 }).waitFor()
  const figures = await page.evaluate(async () => {
    const heading = performance.now()
    while (document.querySelector('[aria-busy=true]')) await new Promise((done) => requestAnimationFrame(done))
    const files = performance.getEntriesByType('resource').filter((r) => r.name.startsWith(location.origin))
    const paint = performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? heading
    const first = files.filter((r) => /\.(js|css)$/.test(r.name) && r.startTime <= paint)
    const sum = (list, field) => list.reduce((all, r) => all + r[field], 0)
    const page = performance.getEntriesByType('navigation')[0]
    return { paint, heading, whole: performance.now(), code: sum(first, 'encodedBodySize'), net: page.transferSize + sum(files, 'transferSize'), requests: files.length + 1 }
  })
  await context.close()
  return figures
}

// middle is the median of each figure.
function middle(all) {
  const of = (name) => all.map((one) => one[name]).sort((a, b) => a - b)[Math.floor(all.length / 2)]
  return Object.fromEntries(Object.keys(all[0]).map((name) => [name, of(name)]))
}

export const told = (figures) =>
  figures.map(
    (f) =>
      `${f.name}: first content ${f.paint.toFixed(0)} ms, heading ${f.heading.toFixed(0)} ms, all there ${f.whole.toFixed(0)} ms; ${(f.code / 1000).toFixed(1)} kB of scripts and styles until then, ${(f.net / 1000).toFixed(1)} kB over the net in ${f.requests} requests (median of ${f.rounds})`,
  )

if (import.meta.main ?? process.argv[1] === import.meta.filename) {
  const stack = await Stack.start('first-load')
  const browser = await launch()
  try {
    const visitor = await Visitor.come(browser, stack)
    for (const line of told(await measure(visitor, 'admin', 5))) console.log(line)
  } finally {
    await browser.close()
    await stack.stop()
  }
}
