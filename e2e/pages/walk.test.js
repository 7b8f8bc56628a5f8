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
		page.on('console', (m) => { if (/Content Security Policy/.test(m.text()) && page.url().startsWith(shop) && !page.url().startsWith(`${shop}/storefront/`) && !/favicon/.test(m.text())) blocked.push(m.text()) })
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
		await framed(page, walk, '/settings?')
		await seen('settings')

		await page.goto(`${shop}/admin/`)
		await follow(page, `/admin/apps/${walk.id}`)
		await page.waitForURL(`**/admin/apps/${walk.id}`)
		await seen('app')
		await follow(page, `/${walk.id}/pages/0`)
		await framed(page, walk, '/parcels?')
		await seen('parcels')
		// What is behind the page of an app is dark where its own dark text would be white.
		assert.notEqual(await page.locator('iframe').evaluate((e) => getComputedStyle(e).backgroundColor), 'rgb(255, 255, 255)', 'a dark page of an app stands on white')

		await records(page, walk, seen)
		await page.goto(`${shop}/admin/`)
		await follow(page, '/admin/log')
		await page.waitForURL('**/admin/log')
		await seen('log')

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

// records looks at orders, products and customers, and at what the app shows beside them. What
// apps say to the admin is the same in each language.
async function records(page, walk, seen) {
	await page.goto(`${shop}/admin/`)
	await follow(page, '/admin/orders')
	await page.waitForURL('**/admin/orders')
	await seen('orders')
	const first = page.locator('tbody a').first()
	const number = (await first.innerText()).trim()
	await follow(page, await first.getAttribute('href'))
	await page.waitForURL('**/admin/orders/*')
	await framed(page, walk, '/widget?')
	await seen('order')
	if (walk !== walks[0]) return
	await speak(page, walk)

	await page.goto(`${shop}/admin/orders`)
	await fill(page, 'q', number)
	await page.keyboard.press('Enter')
	await page.waitForURL('**/admin/orders?q=*')
	assert.equal((await page.locator('tbody a').first().innerText()).trim(), number, 'the search finds another order first')

	await page.goto(`${shop}/admin/products`)
	await seen('products')
	await follow(page, await page.locator('tbody a').first().getAttribute('href'))
	await page.waitForURL('**/admin/products/*')
	// This widget says nothing: the page goes on without it, and shows it if somebody insists.
	await page.getByRole('alert').waitFor({ timeout: 8000 })
	assert.equal(await page.locator('iframe').count(), 0, 'the frame of a page that does not answer is still there')
	await seen('product')
	await tab(page, (e) => e.closest('.problem') !== null)
	await page.keyboard.press('Enter')
	await page.frameLocator('iframe').locator('h1').waitFor()
	await page.waitForTimeout(5500)
	assert.equal(await page.locator('iframe').count(), 1, 'shown anyway, it is taken away again')

	await preview(page, walk, seen)

	await page.goto(`${shop}/admin/customers`)
	await seen('customers')
	await follow(page, await page.locator('tbody a').first().getAttribute('href'))
	await page.waitForURL('**/admin/customers/*')
	await framed(page, walk, '/spy?')
	await seen('customer')
	await spy(page)
}

// preview goes from a product in the admin to the same in the shop, where the blocks of the app
// are, puts it into the cart, and comes back.
async function preview(page, walk, seen) {
	const product = page.url().split('/').pop()
	const name = (await page.locator('h1').innerText()).trim()
	await follow(page, `/storefront/products/${product}`)
	await page.waitForURL(`**/storefront/products/${product}`)
	const block = page.locator(`[data-app="${walk.id}"]`)
	assert.equal((await block.innerText()).trim(), `Delivery time: ${name}`)
	assert.ok((await page.title()).startsWith(name), 'a script of a block ran')
	await seen('shop-product')
	await tab(page, (e) => e.localName === 'button')
	await page.keyboard.press('Enter')
	await page.waitForURL('**/storefront/cart?item=*')
	assert.equal((await block.innerText()).trim(), 'Parcels: 1')
	await seen('shop-cart')
	await follow(page, '/storefront/')
	await page.waitForURL('**/storefront/')
	await seen('shop-home')
	await page.goto(`${shop}/storefront/products/${product}`)
	await follow(page, `/admin/products/${product}`)
	await page.waitForURL(`**/admin/products/${product}`)
}

// speak says to the admin what a widget may say, and looks at what comes of it
// (protocol-admin.md 8).
async function speak(page, walk) {
	const frame = page.frames().find((f) => f.url().startsWith(`${walk.app}/widget`))
	const order = page.url().split('/').pop()
	const where = await frame.evaluate(() => sitepack.where())
	assert.deepEqual({ ...where, user: { ...where.user, id: '' }, shop: { ...where.shop, id: '' } }, {
		shop: { id: '', url: shop }, user: { id: '', locale: walk.locale }, app: walk.id, location: 'admin.order.detail.sidebar', resource: { type: 'order', id: order },
	})
	assert.equal(await page.locator('.waiting').count(), 0, 'the page still waits for a frame that is there')

	const token = await frame.evaluate(() => sitepack.token())
	const claims = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'))
	assert.deepEqual([claims.iss, claims.aud, claims.sub, claims.exp - claims.iat], [shop, walk.id, where.user.id, 60])

	await frame.evaluate(() => sitepack.resize(432))
	assert.equal(await page.locator('iframe').evaluate((e) => e.offsetHeight), 432)
	await frame.evaluate(() => sitepack.resize(99_999))
	assert.equal(await page.locator('iframe').evaluate((e) => e.offsetHeight), 1200)
	await frame.evaluate(() => sitepack.resize(300))

	await frame.evaluate(() => sitepack.toast('It <b>worked</b>.'))
	assert.match(await page.locator('#toasts').innerText(), /Shipping Expert It <b>worked<\/b>\./)
	await judge(page, walk.locale, 'toast')
	await tab(page, (e) => e.closest('#toasts') !== null)
	await page.keyboard.press('Enter')
	assert.equal(await page.locator('#toasts').innerText(), '')

	await frame.evaluate(() => sitepack.open('/parcels?week=7', 'All parcels'))
	await page.frameLocator('dialog iframe').locator('h1').waitFor()
	const inside = new URL(await page.locator('dialog iframe').getAttribute('src'))
	assert.equal(inside.searchParams.get('week'), '7')
	assert.equal(inside.searchParams.get('resource-id'), order)
	assert.ok(inside.searchParams.has('sitepack-signature'))
	await judge(page, walk.locale, 'modal')
	assert.equal(await refused(frame, () => sitepack.open('/parcels', 'Another')), 'busy')
	await page.keyboard.press('Escape')
	await page.locator('dialog').waitFor({ state: 'detached' })
	await frame.evaluate(() => sitepack.open('/parcels', 'All parcels'))
	await frame.evaluate(() => sitepack.close())
	await page.locator('dialog').waitFor({ state: 'detached' })

	assert.equal(await refused(frame, () => sitepack.open('https://evil.example/', 'Prize')), 'refused')
	assert.equal(await refused(frame, () => sitepack.redirect('https://evil.example/')), 'refused')
	assert.equal(await refused(frame, () => sitepack.redirect('javascript:alert(1)')), 'refused')
	assert.equal(await refused(frame, () => sitepack.redirect('/rest/v1/orders')), 'refused')
	assert.equal(await refused(frame, () => sitepack.toast('')), 'invalid')
	assert.equal(await refused(frame, () => sitepack.resize(-1)), 'invalid')
	assert.equal(page.url().split('/').pop(), order, 'a refusal led elsewhere')
	await frame.evaluate(() => void sitepack.redirect('/admin/products'))
	await page.waitForURL('**/admin/products')
}

const refused = (frame, ask) => frame.evaluate(`(${ask})().then(() => 'allowed', (e) => e.code)`)

// spy lets a page that the app frames, of another origin, and the app's page itself under
// another sender's name speak with the admin: nothing is answered.
async function spy(page) {
	await page.frameLocator('main iframe').frameLocator('iframe').locator('h1').waitFor()
	const inside = page.frames().find((f) => f.url().endsWith('/inside'))
	const heard = await inside.evaluate(() => new Promise((resolve) => {
		addEventListener('message', (e) => resolve(e.data))
		top.postMessage('{"_type":"session.token","_data":{},"_callbackId":"1"}', '*')
		setTimeout(() => resolve('nothing'), 500)
	}))
	assert.equal(heard, 'nothing')
	assert.equal(await page.evaluate(() => {
		let answered = false
		addEventListener('message', (e) => { answered ||= `${e.data}`.includes('_response') })
		postMessage('{"_type":"session.token","_data":{},"_callbackId":"1"}', '*') // the page itself is no frame
		return new Promise((resolve) => { setTimeout(() => resolve(answered), 300) })
	}), false)
}

// judge looks at a page as axe does, in light and in dark, and at whether it fits a phone.
async function judge(page, locale, name) {
	assert.equal(await page.evaluate(() => document.documentElement.lang), locale.slice(0, 2), `${name} is in another language`)
	assert.equal(await page.locator('h1').count(), 1, `${name} has one heading of the first level`)
	for (const colorScheme of ['light', 'dark']) {
		await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
		await page.waitForTimeout(50)
		const axe = new AxeBuilder({ page })
		if (colorScheme === 'dark') axe.withRules('color-contrast') // the rest is the same
		const { violations } = await axe.analyze()
		const told = violations.map((v) => `${v.id} (${v.impact}): ${v.help}: ${v.nodes.map((n) => n.html).join(' | ')}`)
		assert.deepEqual(told, [], `${name}, ${locale}, ${colorScheme}`)
		if (pictures) await page.screenshot({ path: join(pictures, `${name}-${locale}-${colorScheme}.png`), fullPage: true })
	}
	const size = page.viewportSize()
	await page.setViewportSize({ width: 320, height: 640 })
	const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
	const cut = await page.evaluate(() => [...document.querySelectorAll('.scroll')].filter((e) => e.scrollWidth > e.clientWidth).length)
	if (pictures) await page.screenshot({ path: join(pictures, `${name}-${locale}-narrow.png`), fullPage: true })
	await page.setViewportSize(size)
	assert.equal(over, 0, `${name}, ${locale}: on a narrow screen ${over} pixels are out of sight`)
	assert.equal(cut, 0, `${name}, ${locale}: on a narrow screen a table is cut`)
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
async function framed(page, walk, path) {
	const frame = `iframe[data-app="${walk.id}"]`
	await page.frameLocator(frame).locator('h1').waitFor()
	const to = await page.locator(frame).getAttribute('src')
	assert.ok(to.startsWith(walk.app + path) && new URL(to).searchParams.has('sitepack-signature'), `framed is ${to}`)
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
