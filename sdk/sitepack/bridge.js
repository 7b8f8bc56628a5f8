'use strict'
// sitepack speaks with the admin around this page. Loading the script is enough to tell it that
// the page is there; otherwise the admin gives the page up after five seconds.
//
//	<script src="/bridge.js" data-shop="https://shop.example"></script>
//
// data-shop is the address of the shop; it may be left out on a page that the admin opened,
// which has it in its own address.
const sitepack = (() => {
	const shop = document.currentScript.dataset.shop || new URLSearchParams(location.search).get('shop-url')
	const admin = shop && new URL(shop).origin
	const waiting = new Map()
	let count = 0

	addEventListener('message', ({ source, origin, data }) => {
		if (source !== parent || origin !== admin || typeof data !== 'string') return
		const told = JSON.parse(data)
		const asked = Object.hasOwn(told, '_response') && waiting.get(told._callbackId)
		if (!asked) return
		waiting.delete(told._callbackId)
		const answer = told._response
		if (answer?.__type__ === '__HandleError__') asked.reject(Object.assign(new Error(answer.__message__), { code: answer.__code__ }))
		else asked.resolve(answer)
	})

	const ask = (type, data = {}) => new Promise((resolve, reject) => {
		if (!admin || parent === window) return reject(new Error('this page is not in the admin of a shop'))
		const id = `${++count}`
		waiting.set(id, { resolve, reject })
		setTimeout(() => waiting.delete(id) && reject(new Error('the admin did not answer')), 7000)
		parent.postMessage(JSON.stringify({ _type: type, _data: data, _callbackId: id }), admin)
	})

	const ready = () => ask('ready').catch(() => {}) // opened by itself, it is nobody's to tell
	if (document.readyState === 'loading') addEventListener('DOMContentLoaded', ready)
	else ready()
	return {
		// where tells the shop, the user, the app, the location and the record that the page is about.
		where: () => ask('context.get'),
		// toast shows a sentence; status is 'error' or left out.
		toast: (message, status) => ask('toast.show', { message, status }),
		// resize asks for another height in pixels; left out: what the page needs.
		resize: (height = document.documentElement.scrollHeight) => ask('resize', { height }),
		// redirect goes to a page of the admin, or of the app.
		redirect: (url, newTab = false) => ask('redirect', { url, newTab }),
		// open shows another page of the app in a window above the admin; close closes it.
		open: (url, title) => ask('modal.open', { url, title }),
		close: () => ask('modal.close'),
		// token gives a session token that is good for a minute, for the app's own server.
		token: () => ask('session.token').then(({ token }) => token),
	}
})()
