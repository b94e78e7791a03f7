"""The desk as somebody sees and clicks it: one object per user, that also notes everything that went wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Locator, Page, expect

# The framework counts its own calls; the page is frozen while a workflow action or a save runs.
IDLE = """() => window.frappe && frappe.boot && frappe.request && frappe.request.ajax_count === 0
	&& !document.getElementById('freeze') && !document.querySelector('.page-skeleton:not([style*="none"])')"""
# What the framework says to somebody who lacks a right, in the languages of these tests
NO_RIGHT = re.compile(
	r"không có quyền|không được phép|not permitted|no permission|insufficient permission", re.I
)
# A request that the browser itself gave up because the page went elsewhere is no fault
ABORTED = "net::ERR_ABORTED"


# A dialog that is still opening puts its defaults back over what is typed meanwhile.
DIALOG_IS_THERE = "() => !document.querySelector('.modal.show') || Boolean(window.cur_dialog?.display)"


class Desk:
	"""A signed-in page with the words of the desk: lists, forms, fields, buttons, dialogs."""

	def __init__(self, page: Page, user: str) -> None:
		self.page = page
		self.user = user
		self.problems: list[str] = []
		self._expected: list[re.Pattern[str]] = []
		page.on("console", lambda message: message.type == "error" and self._note(f"console: {message.text}"))
		page.on("pageerror", lambda error: self._note(f"script: {error}"))
		page.on(
			"response", lambda answer: answer.status >= 400 and self._note(f"{answer.status}: {answer.url}")
		)
		page.on("requestfailed", self._note_failed)

	# What went wrong
	# ---------------

	def _note(self, text: str) -> None:
		if not any(pattern.search(text) for pattern in self._expected):
			self.problems.append(text)

	def _note_failed(self, request: Any) -> None:
		if ABORTED not in (request.failure or ""):
			self._note(f"failed: {request.url} {request.failure}")

	@contextmanager
	def expected(self, *patterns: str) -> Iterator[None]:
		"""Inside, problems that match are part of the test: a refusal of the server is also an error of the console."""
		self._expected = [
			re.compile(pattern) for pattern in (*patterns, "^console: (Failed to load resource|Traceback)")
		]
		try:
			yield
			self.idle()
		finally:
			self._expected = []

	def check(self) -> None:
		"""Raise when anything went wrong since the last check."""
		found, self.problems = self.problems, []
		for text in self.page.locator(".modal.show .msgprint:visible, .alert:visible").all_inner_texts():
			if NO_RIGHT.search(text):
				found.append(f"message: {text}")
		assert not found, f"{self.user} on {self.page.url}:\n" + "\n".join(found)

	def leave(self) -> None:
		"""Check, then leave the page: a form that stays open would load itself again for what other tests do."""
		try:
			self.check()
		finally:
			self.page.goto("about:blank")

	# Going places
	# ------------

	def idle(self) -> None:
		"""Wait until the desk has nothing more to ask and accepts clicks."""
		self.page.wait_for_function(IDLE)

	def settled(self) -> None:
		"""Wait until the desk has been idle for a moment: a form that was read anew draws its buttons once more."""
		quiet = 0
		while quiet < 3:
			self.idle()
			self.page.wait_for_timeout(100)
			quiet = quiet + 1 if self.page.evaluate(IDLE) else 0

	def open(self, route: str) -> None:
		"""Load a page of the desk anew; `route` is what follows /app/."""
		self.page.goto(f"/app/{route}", wait_until="domcontentloaded")
		self.idle()

	def form(self, doctype: str, name: str) -> None:
		"""Load a record's form anew."""
		self.open(f"{slug(doctype)}/{quote(name, safe='')}")
		self.on_form(doctype, name)

	def on_form(self, doctype: str, name: str | None = None) -> str:
		"""Wait for a form to be shown; returns the record's name."""
		self.page.wait_for_function(
			"""([doctype, name]) => window.cur_frm && cur_frm.doctype === doctype && cur_frm.doc
				&& (!name || cur_frm.docname === name) && frappe.get_route()[0] === 'Form'
				&& frappe.get_route()[1] === doctype && !cur_frm.$wrapper?.hasClass('hide')""",
			arg=[doctype, name],
		)
		self.idle()
		return self.page.evaluate("() => decodeURIComponent(frappe.get_route()[2])")

	def list(self, doctype: str, view: str = "") -> None:
		"""Load a list anew, with the filters it starts with: those of the last visit are forgotten."""
		if not self.page.url.startswith("http"):
			self.open("todo")
		self.page.evaluate(
			"""doctype => frappe.xcall('frappe.model.utils.user_settings.save',
				{doctype, user_settings: JSON.stringify({List: {}, Kanban: {}, Calendar: {}, last_view: 'List'})})""",
			doctype,
		)
		self.open(slug(doctype) + (f"/view/{view}" if view else ""))
		self.on_list(doctype)

	def on_list(self, doctype: str) -> None:
		"""Wait for a list to be filled."""
		self.page.wait_for_function(
			"doctype => window.cur_list && cur_list.doctype === doctype && cur_list.meta && !cur_list.freeze_shown",
			arg=doctype,
		)
		self.idle()

	def doc(self) -> dict[str, Any]:
		"""Return the record of the form that is shown, as the browser has it."""
		return json.loads(self.page.evaluate("() => JSON.stringify(cur_frm.doc)"))

	# Parts of the page
	# -----------------

	@property
	def body(self) -> Locator:
		"""The page that is shown; the desk keeps the others hidden."""
		return self.page.locator(".page-container:visible")

	@property
	def dialog(self) -> Locator:
		"""The dialog on top."""
		return self.page.locator(".modal.show").last

	def control(self, fieldname: str, inside: Locator | None = None) -> Locator:
		"""Return the control of a field."""
		return (inside or self.body).locator(f'.frappe-control[data-fieldname="{fieldname}"]:visible').first

	def tab(self, label: str) -> None:
		"""Open a tab of the form."""
		self.body.locator(".form-tabs .nav-link:visible", has_text=exact(label)).click()

	def narrow(self, fieldname: str, text: str, count: int) -> None:
		"""Type into a filter above the list and wait until the list holds this many rows."""
		self.fill(fieldname, text, self.body.locator(".standard-filter-section"))
		rows = self.body.locator(".list-row-container:visible")
		expect(rows).to_have_count(count)
		expect(rows.filter(has_text=text)).to_have_count(count)
		self.idle()

	def row(self, text: str) -> Locator:
		"""Return the row of a list that shows a text."""
		return self.body.locator(".list-row-container", has_text=text)

	# Filling in
	# ----------

	def fill(self, fieldname: str, value: str, inside: Locator | None = None) -> None:
		"""Type into a field and leave it."""
		self.page.wait_for_function(DIALOG_IS_THERE)
		entry = self.control(fieldname, inside).locator("input, textarea").first
		entry.fill(value)
		entry.press("Tab")

	def choose(self, fieldname: str, value: str, inside: Locator | None = None) -> None:
		"""Choose an option of a Select by its value."""
		self.control(fieldname, inside).locator("select").select_option(value)

	def pick(
		self, fieldname: str, text: str, inside: Locator | None = None, shown: str | re.Pattern[str] = ""
	) -> None:
		"""Choose a record in a Link: type, then click the proposal."""
		control = self.control(fieldname, inside)
		self.propose(control, text, shown)

	def propose(self, control: Locator, text: str, shown: str | re.Pattern[str] = "") -> None:
		"""Type into a Link's box and click the proposal that shows the text."""
		entry = control.locator("input").first
		entry.click()
		self.idle()
		entry.fill(text)
		if entry.input_value() != text:  # a form that was still being filled puts its value back
			entry.fill(text)
		proposal = control.locator('.awesomplete [role="option"]:visible', has_text=shown or text).first
		proposal.click()
		expect(control.locator(".awesomplete ul:visible")).to_have_count(0)
		self.idle()

	def write(self, fieldname: str, text: str, inside: Locator | None = None) -> None:
		"""Type into a text editor."""
		self.control(fieldname, inside).locator('.ql-editor[contenteditable="true"]').fill(text)

	def add_row(self, table: str) -> Locator:
		"""Add a row to a table and return it, ready to be typed into."""
		grid = self.control(table)
		rows = grid.locator(".grid-body .grid-row")
		before = rows.count()
		grid.locator(".grid-add-row").click()
		expect(rows).to_have_count(before + 1)
		return rows.nth(before)

	def cell(self, row: Locator, fieldname: str, value: str, shown: str | None = None) -> None:
		"""Type into a cell of a table; with `shown` it is a Link, and the proposal that shows this is clicked."""
		cell = row.locator(f'.data-row [data-fieldname="{fieldname}"].grid-static-col').first
		entry = cell.locator("input, select").first
		if not entry.is_visible():
			cell.click()
		entry.wait_for(state="visible")
		if entry.evaluate("element => element.tagName") == "SELECT":
			entry.select_option(value)
		elif shown is None:
			entry.fill(value)
			entry.dispatch_event("change")  # Tab in the last cell would add another row
		else:
			entry.fill(value)
			cell.locator('.awesomplete [role="option"]:visible', has_text=shown).first.click()
			expect(cell.locator(".awesomplete ul:visible")).to_have_count(0)
		self.idle()

	# Doing
	# -----

	def first_button(self) -> None:
		"""Click the form's first button; the header hides while a long form is scrolled, so go to the top first."""
		self.settled()
		self.page.evaluate("() => window.scrollTo({top: 0, behavior: 'instant'})")
		self.body.locator(".page-actions .primary-action:visible").click()

	def save(self) -> str:
		"""Click the form's first button (Save) and wait until it is saved; returns the name."""
		self.first_button()
		self.page.wait_for_function("() => cur_frm && !cur_frm.is_new() && !cur_frm.is_dirty()")
		self.idle()
		return self.page.evaluate("() => cur_frm.docname")

	def submit(self) -> None:
		"""Click Submit and confirm."""
		self.first_button()
		self.dialog.locator(".btn-primary:visible").click()
		self.page.wait_for_function("() => cur_frm.doc.docstatus === 1")
		self.idle()

	def button(self, label: str) -> None:
		"""Click a button of the form."""
		self.settled()
		self.body.locator(
			".page-actions button:visible, .form-message button:visible", has_text=exact(label)
		).click()
		self.idle()

	def group(self, label: str, item: str) -> None:
		"""Click an item of a group of buttons."""
		self.settled()
		group = self.body.locator(f'.inner-group-button[data-label="{as_label(label)}"]')
		group.locator("button").first.click()
		group.locator(".dropdown-item", has_text=exact(item)).click()
		self.idle()

	def actions(self) -> list[str]:
		"""Return what the Actions menu offers."""
		self.idle()
		labels = self.body.locator(".actions-btn-group .dropdown-menu .menu-item-label")
		return [text.strip() for text in labels.all_text_contents()]

	def action(self, label: str) -> None:
		"""Click an item of the Actions menu: a workflow action in a form, a bulk action in a list."""
		self.body.locator(".actions-btn-group > button:visible").click()
		self.body.locator(".actions-btn-group .dropdown-menu a:visible", has_text=exact(label)).click()

	def says(self, text: str) -> str:
		"""Return what the desk says for a text of ERPNext or the framework."""
		return self.page.evaluate("text => __(text)", text)

	def confirm(self) -> None:
		"""Click the first button of the dialog on top."""
		self.dialog.locator(
			".modal-footer .btn-primary:visible, .modal-header .btn-primary:visible"
		).first.click()

	def close(self) -> None:
		"""Close the dialog on top."""
		top = self.dialog
		top.locator(".btn-modal-close:visible").click()
		expect(self.page.locator(".modal.show")).to_have_count(0)


def as_label(text: str) -> str:
	"""Return a label as the desk's attributes spell it (encodeURIComponent)."""
	return quote(text, safe="!'()*")


def exact(text: str) -> re.Pattern[str]:
	"""Return a pattern of this text alone, whatever white space is around it."""
	return re.compile(rf"^\s*{re.escape(text)}\s*$")


def slug(doctype: str) -> str:
	"""Return a DocType as the desk's addresses spell it."""
	return doctype.lower().replace(" ", "-")
