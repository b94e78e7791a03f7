"""What of the payloads comes to life in a browser: scripts that ran, dialogs, and what an event or a click would start."""

from __future__ import annotations

import json
import re
from typing import Any

from playwright.sync_api import Error

# Where an element is: the field it belongs to, and what is around it.
PLACE = r"""
const place_of = (element) => {
	if (!element || !element.closest) return '(gone)';
	// What the payload itself has brought has no class.
	const field = element.closest('[data-fieldname]'), around = element.parentElement?.closest('[class]');
	return `${field ? field.dataset.fieldname + ': ' : ''}${around ? around.localName + '.' + [...around.classList].join('.') : ''}`;
};
"""
# In every page and frame: says which payload ran, and where.
LISTEN = (
	PLACE
	+ """
window.X = (number) => {
	window.xss_ran(JSON.stringify([number, 'ran: ' + place_of(window.event && window.event.target)]));
};
"""
)
# What lies in the page, or in a part of it, and would run one: without waiting for an event or a click.
SCAN = (
	"(part) => {"
	+ PLACE
	+ r"""
	const CALL = /(?:X|\\u0058)\((\d+)\)/, FAR = /xss\.invalid\/(\d+)/, found = [];
	const live = (value) => CALL.exec(value) || FAR.exec(value);
	const note = (element, value) => found.push([Number(live(value)[1]), place_of(element)]);
	const looked = new Set();
	const look = (root) => {
		if (!root || looked.has(root)) return;
		looked.add(root);
		for (const element of [...(root.attributes ? [root] : []), ...root.querySelectorAll('*')]) {
			const tag = element.localName;
			if (element.shadowRoot) look(element.shadowRoot);
			if (tag === 'iframe' || tag === 'frame') {
				let inside = null;
				try { inside = element.contentDocument; } catch (error) { inside = null; }
				look(inside);
			}
			// Data in a script element is read by nobody but its page.
			if (tag === 'script' && element.type !== 'application/json' && live(element.textContent)) note(element, element.textContent);
			for (const { name, value } of element.attributes) {
				if (!live(value)) continue;
				const address = value.replace(/[\u0000-\u0020]+/g, '').toLowerCase();
				// A picture with such an address shows nothing.
				const leads = name === 'src' ? ['iframe', 'frame', 'embed', 'script'].includes(tag)
					: ['href', 'xlink:href', 'action', 'formaction', 'data'].includes(name);
				if (/^on/.test(name) || name === 'srcdoc' || (leads && /^(javascript|data):/.test(address)) || (tag === 'script' && name === 'src')) note(element, value);
			}
		}
	};
	look(part || document);
	return found;
}"""
)

SCAN_PARTS = "(within) => [...document.querySelectorAll(within)].flatMap((part) => window.xss_scan(part))"


class Watch:
	"""Everything that came to life on the pages of one browser context."""

	def __init__(self, context: Any) -> None:
		self.ran: list[tuple[int, str]] = []
		context.expose_binding("xss_ran", lambda _source, told: self.ran.append(tuple(json.loads(told))))
		context.add_init_script(LISTEN)
		context.add_init_script(f"window.xss_scan = {SCAN};")
		context.route(re.compile(r"^https?://xss\.invalid/"), self._asked)
		context.on("page", self.watch)
		for page in context.pages:
			self.watch(page)

	def watch(self, page: Any) -> None:
		page.on("dialog", self._dialog)

	def _dialog(self, dialog: Any) -> None:
		# A form that is left with changes asks too; the framework uses its own dialogs for everything else.
		if dialog.type != "beforeunload":
			self.ran.append((0, f"dialog: {dialog.message}"))
		dialog.accept()

	def _asked(self, route: Any) -> None:
		number = re.search(r"/(\d+)", route.request.url)
		self.ran.append(
			(int(number.group(1)) if number else 0, f"{route.request.resource_type}: {route.request.url}")
		)
		route.fulfill(content_type="text/javascript", body="", headers={"Access-Control-Allow-Origin": "*"})

	def found(self, page: Any, within: str = "") -> list[tuple[int, str]]:
		"""Return what ran since the last question and what lies waiting in the page, each as number and place.

		Args:
			within: what is looked at alone, as a selector: a whole desk takes long, so it is looked at once, at the end.
		"""
		page.wait_for_timeout(30)
		if within:
			waiting = [tuple(one) for one in page.evaluate(SCAN_PARTS, within)]
			ran, self.ran = self.ran, []
			return [*ran, *waiting]
		waiting = [tuple(one) for one in page.evaluate(SCAN)]
		for frame in page.frames[1:]:
			try:
				waiting += [tuple(one) for one in frame.evaluate(SCAN)]
			except Error:  # gone meanwhile
				continue
		ran, self.ran = self.ran, []
		return [*ran, *waiting]
