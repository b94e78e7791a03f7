"""A browser on the demo site that takes the pictures: signing in, waiting until the desk is quiet, cutting out, making small."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import quote

from PIL import Image

VIEWPORT = {"width": 1440, "height": 900}
# Pictures of one thing: nearer, so that the words can be read in a guide.
NEAR = {"width": 1280, "height": 820}
TALL = {"width": 1280, "height": 1000}
PATIENCE = 90_000  # milliseconds
# Colours of a picture: a desk has few, and a picture lives in the repository for ever
COLOURS = 128
IDLE = """() => window.frappe && frappe.boot && frappe.request && frappe.request.ajax_count === 0
	&& !document.getElementById('freeze')"""
# Nothing that moves or depends on the moment: carets, transitions, passing messages, and reminders but where they are the matter
STILL = """*, *::before, *::after { transition: none !important; animation: none !important; caret-color: transparent !important; }
#alert-container, .desk-alert { display: none !important; }"""
# Bars that stay at the top while a page is scrolled lie over a picture that is longer than the window
LOOSE = ".sticky-top, .page-head { position: static !important; }"
# As the desk's own switch does it
WIDE = "() => document.body.classList.add('full-width')"
NO_REMINDERS = ".skycrm-reminders { display: none !important; }"
MANAGER, SELLER = "lan.nguyen@saoviet.example", "minh.tran@saoviet.example"
MARKETER, ADMIN = "mai.vu@saoviet.example", "hung.le@saoviet.example"
SUPPORT = "yen.dang@saoviet.example"
PEOPLE = (MANAGER, SELLER, MARKETER, ADMIN, SUPPORT)


class Camera:
	"""A signed-in page of the demo site that takes the pictures.

	:ivar page: the browser's page.
	:ivar url: address of the site.
	"""

	def __init__(self, browser: Any, url: str, passwords: dict[str, str], folder: Path) -> None:
		self.url = url
		self.folder = folder
		self.page: Any = None
		self._browser = browser
		self._passwords = passwords
		self._user = ""

	def sign_in(self, user: str = MANAGER, viewport: dict[str, int] | None = None) -> Camera:
		"""Be this user from here on, with a window of this size."""
		if user != self._user:
			if self.page:
				self.page.context.close()
			context = self._browser.new_context(
				base_url=self.url,
				viewport=VIEWPORT,
				locale="vi-VN",
				timezone_id="Asia/Ho_Chi_Minh",
				reduced_motion="reduce",
			)
			context.set_default_timeout(PATIENCE)
			answer = context.request.post(
				"/api/method/login", form={"usr": user, "pwd": self._passwords[user]}
			)
			if not answer.ok:
				raise SystemExit(f"{user} could not sign in at {self.url}: {answer.status}")
			self.page = context.new_page()
			self._user = user
		self.page.set_viewport_size(viewport or VIEWPORT)
		return self

	def open(self, route: str, reminders: bool = False) -> None:
		"""Open a page of the desk and wait until it has nothing more to ask."""
		self.page.goto(f"/app/{quote(route, safe='/?=&%')}", wait_until="domcontentloaded")
		self.page.add_style_tag(content=STILL if reminders else STILL + NO_REMINDERS)
		self.idle()

	def form(self, doctype: str, name: str) -> None:
		"""Open the form of a record."""
		self.open(f"{doctype.lower().replace(' ', '-')}/{quote(name, safe='')}")
		self.page.wait_for_function(
			"doctype => window.cur_frm && cur_frm.doc && cur_frm.doctype === doctype", arg=doctype
		)
		self.idle()

	def idle(self) -> None:
		"""Wait until the desk is quiet, fonts and pictures included."""
		self.page.wait_for_function(IDLE)
		self.page.wait_for_load_state("networkidle")
		self.page.wait_for_function("() => document.fonts.status === 'loaded'")
		self.page.wait_for_function(IDLE)

	def take(self, name: str, *parts: Any, margin: int = 12) -> Path:
		"""Keep a picture of what the window shows, or of the rectangle around some parts of the page.

		Args:
			name: of the file, under the folder of the pictures.
			parts: locators; without any the whole window.
			margin: pixels around them.
		"""
		self.page.mouse.move(0, 0)
		self.page.evaluate("() => document.activeElement && document.activeElement.blur()")
		path = self.folder / f"{name}.png"
		path.parent.mkdir(parents=True, exist_ok=True)
		clip = self._around(parts, margin) if parts else None
		self.page.screenshot(
			path=str(path), animations="disabled", caret="hide", clip=clip, full_page=bool(clip)
		)
		shrink(path)
		return path

	def find(self, doctype: str, filters: Any, order_by: str = "name asc", field: str = "name") -> str:
		"""Return a field of the first record that matches."""
		answer = self.page.context.request.get(
			f"/api/resource/{quote(doctype)}",
			params={
				"filters": json.dumps(filters),
				"fields": json.dumps([field]),
				"order_by": order_by,
				"limit_page_length": "1",
			},
		)
		rows = answer.json().get("data")
		if not rows:
			raise SystemExit(f"The site has no {doctype} with {filters}: is it the demo site?")
		return rows[0][field]

	def reset_list(self, doctype: str) -> None:
		"""Forget the filters that a list was left with."""
		self.page.evaluate(
			"""doctype => frappe.xcall('frappe.model.utils.user_settings.save',
				{doctype, user_settings: JSON.stringify({List: {}, Kanban: {}, last_view: 'List'})})""",
			doctype,
		)

	def _around(self, parts: tuple[Any, ...], margin: int) -> dict[str, float]:
		boxes = [part.bounding_box() for part in parts]
		scrolled = self.page.evaluate("() => [window.scrollX, window.scrollY]")
		left = max(min(box["x"] for box in boxes) + scrolled[0] - margin, 0)
		top = max(min(box["y"] for box in boxes) + scrolled[1] - margin, 0)
		right = max(box["x"] + box["width"] for box in boxes) + scrolled[0] + margin
		bottom = max(box["y"] + box["height"] for box in boxes) + scrolled[1] + margin
		return {"x": left, "y": top, "width": right - left, "height": bottom - top}


def shrink(path: Path) -> None:
	"""Store a picture with a palette: a third of the size, and nobody sees the difference in a desk."""
	with Image.open(path) as picture:
		small = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
	small.save(path, optimize=True)


def chromium() -> str | None:
	"""Return the system's Chromium; None lets Playwright use its own."""
	found = (os.environ.get("SKYCRM_CHROMIUM"), shutil.which("chromium"), shutil.which("chromium-browser"))
	return next((path for path in found if path), None)
