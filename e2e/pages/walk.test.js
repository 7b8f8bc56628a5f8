// What a person meets at a host, walked by keyboard alone in Chromium: a link to choose a
// password, log-in, an app's address, consent, refusal, failures. Each page is judged by axe
// in light and in dark, and must fit a narrow screen. The Go test beside this folder starts
// the host and the app, and says in WALK where they are.
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { AxeBuilder } from '@axe-core/playwright'
import { chromium } from 'playwright-core'

const { chromium: executablePath, shop, walks, pictures } = JSON.parse(process.env.WALK)
const password = 'correct horse battery staple'
let browser

before(async () => {
	if (pictures) mkdirSync(pictures, { recursive: true })
	browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
})
after(() => browser?.close())

for (const walk of walks) {
	test(`a person who reads ${walk.locale}`, async () => {
		const context = await browser.newContext({ locale: walk.locale, viewport: { width: 1000, height: 900 } })
		const page = await context.newPage()
		page.setDefaultTimeout(15_000)
		const blocked = []
		page.on('console', (m) => { if (/Content Security Policy/.test(m.text()) && page.url().startsWith(shop) && !/favicon/.test(m.text())) blocked.push(m.text()) })
		const seen = (name) => judge(page, walk.locale, name)

		await page.goto(walk.link)
		await seen('password')
		await fill(page, 'password', 'too short')
		await fill(page, 'again', 'too short')
		await page.keyboard.press('Enter')
		assert.equal(await page.evaluate(() => document.querySelector('input:invalid')?.id), 'password', 'the browser lets a short password through')
		await fill(page, 'password', password)
		await fill(page, 'again', `${password}!`)
		await page.keyboard.press('Enter')
		await page.getByRole('alert').waitFor()
		await seen('password-differs')
		await fill(page, 'password', password)
		await fill(page, 'again', password)
		await page.keyboard.press('Enter')
		await page.waitForURL('**/admin/')

		await leave(page)
		await seen('login')
		await fill(page, 'name', walk.user)
		await fill(page, 'password', 'not the password at all')
		await page.keyboard.press('Enter')
		await page.getByRole('alert').waitFor()
		await seen('login-refused')
		await fill(page, 'name', walk.user)
		await fill(page, 'password', password)
		await page.keyboard.press('Enter')
		await page.waitForURL('**/admin/')
		await seen('apps')

		// The first thing that Tab reaches is the way past the head of the page.
		await page.keyboard.press('Tab')
		assert.equal(await page.evaluate(() => document.activeElement.getAttribute('href')), '#main')
		await follow(page, '/admin/apps/install')

		await page.waitForURL('**/admin/apps/install')
		await seen('install')
		await fill(page, 'manifest', `${walk.app}/nothing-here.json`)
		await page.keyboard.press('Enter')
		await page.getByRole('alert').waitFor()
		await seen('install-failed')
		await fill(page, 'manifest', `${walk.app}/app.json`)
		await page.keyboard.press('Enter')
		await page.locator('a[href$="/consent"]').waitFor()
		await seen('preview')
		await follow(page, '/consent')

		await page.waitForURL('**/consent')
		await seen('consent')
		assert.equal(await page.locator('.app img').evaluate((e) => e.complete && e.naturalWidth > 0), true, 'the icon is not shown')
		assert.match(await page.locator('main').innerText(), /xn--pypal-4ve\.example/)
		await press(page, 'decision', 'cancel')
		await page.waitForURL('**/admin/')

		await page.goto(`${shop}/admin/apps/install?manifest=${encodeURIComponent(walk.app)}`)
		await tab(page, (e) => e.id === 'manifest')
		await page.keyboard.press('Enter')
		await page.locator('a[href$="/consent"]').waitFor()
		await follow(page, '/consent')
		await page.waitForURL('**/consent')
		const weight = await weigh(page)
		assert.ok(weight > 1000 && weight <= 50 * 1024, `the consent page weighs ${weight} bytes in all`)
		await page.waitForTimeout(1100) // a person needs that long; the page demands it
		await press(page, 'decision', 'accept')
		await page.waitForURL((to) => to.href.startsWith(`${walk.app}/hello?`))
		await page.goto(`${shop}/admin/`)
		await seen('apps-installed')
		await follow(page, `/${walk.id}/settings`)
		await framed(page, `${walk.app}/settings?`)
		await seen('settings')

		await page.goto(`${shop}/admin/`)
		await follow(page, `/admin/apps/${walk.id}`)
		await page.waitForURL(`**/admin/apps/${walk.id}`)
		await seen('app')
		await follow(page, `/${walk.id}/pages/0`)
		await framed(page, `${walk.app}/parcels?`)
		await seen('parcels')

		// A new version wants more, and goes on with what it has until somebody decides.
		await page.goto(`${walk.app}/changes`)
		await page.goto(`${shop}/admin/`)
		await seen('apps-waiting')
		await follow(page, `/${walk.id}/consent`)
		await page.waitForURL('**/consent')
		await seen('approval')
		await page.waitForTimeout(1100)
		await press(page, 'decision', 'accept')
		await page.waitForURL('**/admin/')

		await page.goto(`${shop}/admin/nowhere`)
		await seen('failure')
		await page.goto(`${shop}/oauth/authorize?client_id=${walk.id}&response_type=code&redirect_uri=https%3A%2F%2Fevil.example%2F`)
		await seen('authorize-refused')

		await page.goto(`${shop}/admin/`)
		await leave(page)
		await page.goto(`${shop}/admin/`)
		await page.waitForURL('**/admin/login?next=*')
		assert.deepEqual(blocked, [], 'the pages break their own policy')
		await context.close()
	})
}

// judge looks at a page as axe does, in light and in dark, and at whether it fits a phone.
async function judge(page, locale, name) {
	assert.equal(await page.evaluate(() => document.documentElement.lang), locale.slice(0, 2), `${name} is in another language`)
	assert.equal(await page.locator('h1').count(), 1, `${name} has one heading of the first level`)
	for (const colorScheme of ['light', 'dark']) {
		await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
		await page.waitForTimeout(50)
		const { violations } = await new AxeBuilder({ page }).analyze()
		const told = violations.map((v) => `${v.id} (${v.impact}): ${v.help}: ${v.nodes.map((n) => n.html).join(' | ')}`)
		assert.deepEqual(told, [], `${name}, ${locale}, ${colorScheme}`)
		if (pictures) await page.screenshot({ path: join(pictures, `${name}-${locale}-${colorScheme}.png`), fullPage: true })
	}
	const size = page.viewportSize()
	await page.setViewportSize({ width: 320, height: 640 })
	const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
	if (pictures) await page.screenshot({ path: join(pictures, `${name}-${locale}-narrow.png`), fullPage: true })
	await page.setViewportSize(size)
	assert.equal(over, 0, `${name}, ${locale}: on a narrow screen ${over} pixels are out of sight`)
}

// tab moves by Tab until the wanted element has the focus, which must be seen.
async function tab(page, wanted) {
	for (let i = 0; i < 40; i++) {
		if (await page.evaluate(`(${wanted})(document.activeElement)`)) {
			const ring = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle)
			assert.notEqual(ring, 'none', 'the focus is not seen')
			return
		}
		await page.keyboard.press('Tab')
	}
	assert.fail(`Tab does not reach ${wanted}`)
}

async function leave(page) {
	await tab(page, (e) => e.matches('form[action$="/logout"] button'))
	await page.keyboard.press('Enter')
	await page.waitForURL('**/admin/login')
}

async function fill(page, id, text) {
	await tab(page, `(e) => e.id === '${id}'`)
	await page.keyboard.press('Control+A')
	await page.keyboard.type(text)
}

async function follow(page, end) {
	await tab(page, `(e) => e.tagName === 'A' && e.getAttribute('href').endsWith('${end}')`)
	await page.keyboard.press('Enter')
}

// framed waits for a page of the app in a frame of ours, at an address that is signed.
async function framed(page, address) {
	await page.frameLocator('iframe').locator('h1').waitFor()
	const to = await page.locator('iframe').getAttribute('src')
	assert.ok(to.startsWith(address) && new URL(to).searchParams.has('sitepack-signature'), `framed is ${to}`)
}

async function press(page, name, value) {
	await tab(page, `(e) => e.name === '${name}' && e.value === '${value}'`)
	await page.keyboard.press('Enter')
}

// weigh counts the bytes of a page with all that belongs to it, as they cross the network.
async function weigh(page) {
	const parts = []
	const note = (r) => parts.push(r)
	page.on('response', note)
	await page.reload({ waitUntil: 'networkidle' })
	page.off('response', note)
	const sizes = await Promise.all(parts.map((r) => r.request().sizes()))
	return sizes.reduce((sum, s) => sum + s.responseHeadersSize + s.responseBodySize, 0)
}
