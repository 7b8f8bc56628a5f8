'use strict'
// The bridge between the admin and the frames of apps (protocol-admin.md 8). It answers the
// frames of this page, as long as they show the origin that the page framed, and nobody else.
{
	const patience = 5000
	const tallest = 1200
	const say = (name) => document.getElementById('bridge').dataset[name]
	const originOf = (frame) => new URL(frame.src).origin
	const framesOf = () => [...document.querySelectorAll('iframe[data-app]')]
	const patient = (frame) => `appdock patient ${frame.dataset.app}`

	addEventListener('message', async ({ source, origin, data }) => {
		const frame = source && framesOf().find((f) => f.contentWindow === source)
		if (!frame || origin !== originOf(frame) || typeof data !== 'string') return
		if (data === 'sw-app-loaded') return settle(frame)
		let asked
		try {
			asked = JSON.parse(data)
		} catch {
			return
		}
		if (typeof asked?._type !== 'string' || typeof asked._callbackId !== 'string' || Object.hasOwn(asked, '_response')) return
		const answer = (response) => source.postMessage(JSON.stringify({ _callbackId: asked._callbackId, _type: asked._type, _response: response ?? null }), origin)
		try {
			if (!Object.hasOwn(actions, asked._type)) throw fault('unknown_message_type', 'the admin does not know this message')
			answer(await actions[asked._type](frame, Object(asked._data)))
		} catch (e) {
			answer({ __type__: '__HandleError__', __message__: e.message, __code__: e.code ?? 'failed' })
		}
	})

	// What a frame may ask for: this list, and no more.
	const actions = {
		'ready': (frame) => settle(frame),
		'context.get': (frame) => JSON.parse(frame.dataset.context),
		'toast.show': (frame, { message, status }) => toast(frame, text(message, 'message', 300), status),
		'redirect': (frame, { url, newTab }) => redirect(frame, text(url, 'url', 2000), newTab === true),
		'resize': (frame, { height }) => {
			if (!(Number.isFinite(height) && height > 0)) throw fault('invalid', 'height is a number of pixels')
			frame.style.height = `${Math.min(height, tallest)}px`
		},
		'modal.open': (frame, { url, title }) => openModal(frame, text(url, 'url', 2000), text(title, 'title', 100)),
		'modal.close': () => document.querySelector('dialog')?.close(),
		'session.token': (frame) => ask(frame, 'session-token', {}),
	}

	const fault = (code, message) => Object.assign(new Error(message), { code })

	function text(value, name, longest) {
		if (typeof value !== 'string' || value === '' || value.length > longest) throw fault('invalid', `${name} is a text of 1 to ${longest} characters`)
		return value
	}

	async function ask(frame, what, query) {
		const answer = await fetch(`${say('base')}/admin/apps/${encodeURIComponent(frame.dataset.app)}/${what}?${new URLSearchParams(query)}`, { redirect: 'error' })
		if (!answer.ok) throw fault('refused', 'the admin does not allow that')
		return answer.json()
	}

	function make(name, members, ...children) {
		const element = Object.assign(document.createElement(name), members)
		element.append(...children)
		return element
	}

	function toast(frame, message, status) {
		const told = make('p', { className: status === 'error' ? 'problem' : 'note' }, make('strong', {}, frame.dataset.label), ` ${message} `)
		const close = make('button', { type: 'button', className: 'plain', onclick: () => told.remove() }, say('close'))
		told.append(close)
		const all = document.getElementById('toasts')
		while (all.children.length >= 3) all.firstElementChild.remove()
		all.append(told)
		if (status !== 'error') setTimeout(() => told.remove(), 10_000)
	}

	// redirect goes to pages of the admin, and to those of the app itself.
	function redirect(frame, to, newTab) {
		const url = new URL(to, `${location.origin}${say('base')}/admin/`)
		const ours = url.origin === location.origin && url.pathname.startsWith(`${say('base')}/admin/`)
		if (!ours && url.origin !== originOf(frame)) throw fault('refused', 'this address is neither of the admin nor of the app')
		if (newTab) open(url, '_blank', 'noopener')
		else location.assign(url)
	}

	async function openModal(frame, to, title) {
		if (document.querySelector('dialog')) throw fault('busy', 'a window is open already')
		if (new URL(to, frame.src).origin !== originOf(frame)) throw fault('refused', 'this address is not of the app')
		const context = JSON.parse(frame.dataset.context)
		const { url } = await ask(frame, 'signed-page', { 'url': new URL(to, frame.src).href, 'location': context.location ?? '', 'resource-id': context.resource?.id ?? '' })
		const inside = frame.cloneNode()
		Object.assign(inside, { className: 'inside', title, src: url })
		inside.removeAttribute('style')
		// The focus is not the frame's at first: there, Escape would be a key of the app.
		const close = make('button', { type: 'button', className: 'second', autofocus: true, onclick: () => dialog.close() }, say('close'))
		const dialog = make('dialog', {}, make('h2', { id: 'modal-title' }, title), inside, close)
		dialog.setAttribute('aria-labelledby', 'modal-title')
		dialog.onclose = () => dialog.remove()
		document.querySelector('main').append(dialog)
		dialog.showModal()
		watch(inside)
	}

	// watch shows that a frame is not there yet, and after five seconds that it does not come.
	function watch(frame) {
		if (sessionStorage.getItem(patient(frame))) return
		const waiting = make('p', { className: 'quiet waiting' }, say('loading'))
		frame.before(waiting)
		frame.settled = () => {
			clearTimeout(timer)
			waiting.remove()
		}
		const timer = setTimeout(() => {
			waiting.remove()
			const again = () => {
				sessionStorage.setItem(patient(frame), '1')
				location.reload()
			}
			const failed = make('div', { className: 'problem' }, make('p', {}, `${frame.dataset.label}: ${say('failed')}`), make('button', { type: 'button', className: 'second', onclick: again }, say('anyway')))
			failed.setAttribute('role', 'alert')
			frame.replaceWith(failed)
		}, patience)
	}

	function settle(frame) {
		if (frame.settled) frame.settled()
		else frame.early = true
	}

	addEventListener('DOMContentLoaded', () => {
		for (const frame of framesOf()) if (!frame.early) watch(frame)
	})
}
