"""A day's work of one person: signed in through the login page, and watched for two things at every step.

Nothing may be refused (no answer of 400 or more, no error of the console, no message about a missing right), and nothing
of another team may come along: not on the page, not in any answer of the server, shown or not.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from desk import NO_RIGHT, Desk, slug
from desk_people import PASSWORD, Person, make_customer
from playwright.sync_api import BrowserContext, Locator, expect
from served_site import ServedSite, letters, phone, unique

# frappe-charts waits 700 ms after its first picture and moves for 250 ms then.
CHART_MOVES_MS = 1_200
FOREIGN_TEAM = "Nhóm trình duyệt khác"
FOREIGN = Person("foreign@browser.example", "Hồ Văn Khác", "Sky Sales")

# Looks into every answer as it arrives; what is found is an error of the console, which the desk's tests note.
WATCH = """markers => {
	const look = (where, text) => {
		for (const marker of markers) if (text?.includes(marker)) console.error(`FOREIGN: ${marker} in ${where}`);
	};
	const open = XMLHttpRequest.prototype.open;
	XMLHttpRequest.prototype.open = function (method, url, ...more) {
		this.addEventListener('load', () => {
			if (['', 'text'].includes(this.responseType)) look(url, this.responseText);
		});
		return open.call(this, method, url, ...more);
	};
	const ask = window.fetch;
	window.fetch = async (...what) => {
		const answer = await ask(...what);
		answer.clone().text().then((text) => look(answer.url, text)).catch(() => {});
		return answer;
	};
}"""

# Where the links and shortcuts of the workspace on screen lead, as the desk works it out for a click.
ROUTES = """() => {
	const { cards, shortcuts } = frappe.workspace.page_data;
	const links = cards.items.flatMap((card) => card.links.map((link) => frappe.utils.generate_route({
		name: link.link_to, type: link.link_type, is_query_report: link.is_query_report,
		doctype: link.report_ref_doctype, dependencies: link.dependencies })));
	const short = shortcuts.items.map((item) => item.type === 'URL' ? item.url : frappe.utils.generate_route({
		name: item.link_to, type: item.type, is_query_report: item.is_query_report,
		doctype: item.ref_doctype, doc_view: ['New', 'List'].includes(item.doc_view) ? '' : item.doc_view,
		kanban_board: item.kanban_board }));
	return [...new Set([...short, ...links])];
}"""


# The workspace above the list or form on screen, if there is one.
WAY_BACK = """() => frappe.breadcrumbs?.all[frappe.breadcrumbs.current_page()]?.workspace"""


@dataclass(frozen=True)
class Foreign:
	"""What another team has, and the texts that would betray it."""

	lead: str
	opportunity: str
	issue: str
	markers: tuple[str, ...]


def make_foreign(site: ServedSite) -> Foreign:
	"""Make a second team with a lead, an opportunity and an issue that turn up in every list there is."""
	token = letters("Zebraxa").replace(" ", "")
	email, number = f"{token.lower()}@foreign.example", phone()
	if not site.find("User", {"name": FOREIGN.email}):
		site.insert(
			"User",
			email=FOREIGN.email,
			first_name="Hồ Văn",
			last_name="Khác",
			role_profile_name=FOREIGN.profile,
			send_welcome_email=0,
		)
	site.ensure(
		"Sky Team",
		{"team_name": FOREIGN_TEAM},
		parent_sky_team="All Teams",
		members=[{"user": FOREIGN.email, "role_in_team": "Member"}],
	)
	lead = site.insert(
		"Sky Lead",
		lead_name=f"Khách {token}",
		organization=f"Công ty {token}",
		email_id=email,
		mobile_no=number,
		lead_owner=FOREIGN.email,
		team=FOREIGN_TEAM,
		source="Zalo",
		next_contact_on="2026-01-05 09:00:00",
	)["name"]
	opportunity = site.insert(
		"Sky Opportunity",
		title=f"Bán cho {token}",
		# Customers are ERPNext's and everybody's who sells.
		customer=make_customer(site, unique("Công ty Chung")),
		opportunity_owner=FOREIGN.email,
		team=FOREIGN_TEAM,
		next_contact_on="2026-01-05 09:00:00",
		items=[{"item_code": "BROWSER-SERVICE", "qty": 1}],
	)["name"]
	issue = site.insert(
		"Sky Issue", subject=f"Hỏng {token}", description=f"Máy {token}", assigned_team=FOREIGN_TEAM
	)["name"]
	for doctype, name in (("Sky Lead", lead), ("Sky Opportunity", opportunity), ("Sky Issue", issue)):
		site.insert(
			"ToDo",
			description=f"Gọi {token}",
			reference_type=doctype,
			reference_name=name,
			allocated_to=FOREIGN.email,
		)
		site.insert(
			"Comment",
			comment_type="Comment",
			reference_doctype=doctype,
			reference_name=name,
			content=f"Ghi chú {token}",
		)
	markers = (token, token.lower(), number[1:], lead, opportunity, issue)
	return Foreign(lead, opportunity, issue, markers)


class Day:
	"""One person at work: `with day.step("..."):` around everything they do."""

	def __init__(self, context: BrowserContext, person: Person, markers: tuple[str, ...]) -> None:
		self.person = person
		self.markers = markers
		self.workspaces: set[str] = set()
		context.add_init_script(f"({WATCH})({json.dumps(markers)})")
		self.desk = Desk(context.new_page(), person.email)

	@contextmanager
	def step(self, what: str) -> Iterator[Desk]:
		"""Do something; afterwards nothing may have been refused or have come from elsewhere."""
		try:
			yield self.desk
			self.desk.idle()
			self.check()
		except BaseException as error:
			error.add_note(f"{self.person.profile}: {what}; problems so far: {self.desk.problems}")
			raise

	def check(self) -> None:
		"""Look for refusals and foreign records on the page as it is."""
		self.desk.check()
		shown = self.desk.page.locator("body").inner_text()
		assert not NO_RIGHT.search(shown), NO_RIGHT.search(shown)
		source = self.desk.page.content()
		found = [marker for marker in self.markers if marker in source]
		assert not found, f"on {self.desk.page.url}: {found}"
		back = self.desk.page.evaluate(WAY_BACK)
		assert back in ("", None) or back in self.workspaces, f"the way back leads to {back}"

	def sign_in(self) -> str:
		"""Sign in through the login page; returns the address where that ends."""
		page = self.desk.page
		page.goto("/login")
		page.locator("#login_email").fill(self.person.email)
		page.locator("#login_password").fill(PASSWORD)
		page.locator(".form-login .btn-login").first.click()
		page.wait_for_url("**/app/**")
		self.desk.settled()
		return page.url.split("?")[0]

	def sidebar(self) -> set[str]:
		"""The workspaces on offer, by their names."""
		items = self.desk.page.locator(".desk-sidebar .sidebar-item-container:visible")
		expect(items.first).to_be_visible()
		self.workspaces = {item.get_attribute("item-name") or "" for item in items.all()}
		return self.workspaces

	def go(self, *route: str) -> None:
		"""Go to a page as a link of the desk does, without loading everything anew."""
		page = self.desk.page
		page.evaluate("route => frappe.set_route(...route)", list(route))
		self.desk.settled()
		# A chart takes its picture away while it moves, and a page that is left meanwhile has it drawn anew: an error of
		# the charts' own, which nobody meets who looks at a report for a second.
		if self.desk.body.locator("svg.frappe-chart:visible").count():
			page.wait_for_timeout(CHART_MOVES_MS)

	def walk(self) -> int:
		"""Open whatever the workspace on screen leads to; returns how many pages that were."""
		page = self.desk.page
		page.wait_for_function("() => frappe.workspace?.page_data?.cards")
		self.wait_for_charts()
		workspace = page.evaluate("() => frappe.get_route()[1]")
		routes = page.evaluate(ROUTES)
		for route in routes:
			with self.step(f"workspace {workspace}: {route}"):
				self.go(route)
				where = page.evaluate("() => frappe.get_route().join('/')")
				assert where and not where.startswith("Workspaces"), f"{route} leads nowhere"
		return len(routes)

	def wait_for_charts(self) -> None:
		"""Wait until the charts of the workspace are drawn: a page that is left meanwhile has no width to draw on."""
		for chart in self.desk.body.locator(".dashboard-widget-box").all():
			chart.scroll_into_view_if_needed()
			drawn = "svg.frappe-chart:visible, :text('Không có dữ liệu'):visible"
			expect(chart.locator(drawn).first).to_be_visible()
		self.desk.settled()

	def form(self, doctype: str, name: str) -> None:
		"""Load a record's form anew: one that was just moved on is read again later and would come to the front."""
		self.desk.settled()
		self.desk.form(doctype, name)

	def list(self, doctype: str) -> None:
		"""Open a list without the filters of the last visit."""
		self.desk.settled()
		self.go("List", doctype, "List")
		self.desk.on_list(doctype)

	def new(self, doctype: str) -> None:
		"""Load an empty form."""
		self.desk.settled()
		self.desk.open(f"{slug(doctype)}/new")
		self.desk.on_form(doctype)

	def comment(self, text: str) -> None:
		"""Write a comment under the form."""
		box = self.desk.body.locator(".comment-box:visible")
		box.locator(".ql-editor").fill(text)
		box.locator(".btn-comment").click()
		expect(self.desk.body.locator(".timeline-message-box", has_text=text).first).to_be_visible()

	def assign_to_self(self) -> None:
		"""Give oneself the record as something to do."""
		self.desk.body.locator(".form-assignments .add-assignment-btn").click()
		dialog = self.desk.dialog
		dialog.locator('input[data-fieldname="assign_to_me"]').check()
		self.desk.settled()
		self.desk.confirm()
		expect(self.desk.page.locator(".modal.show")).to_have_count(0)

	def mail_dialog(self) -> None:
		"""Open the dialog for a mail from the form, and close it."""
		self.desk.page.evaluate("() => { cur_frm.email_doc(); }")
		expect(self.desk.dialog.locator('[data-fieldname="subject"]').first).to_be_visible()
		self.desk.settled()
		self.desk.close()

	def search(self, text: str) -> Locator:
		"""Type into the search box at the top; returns what it proposes."""
		box = self.desk.page.locator("#navbar-search")
		box.click()
		box.fill(text)
		found = self.desk.page.locator(
			".search-bar [role=option]:visible, .search-bar .awesomplete li:visible"
		)
		expect(found.first).to_be_visible()
		self.desk.settled()
		return found

	def own_settings(self) -> None:
		"""Open one's own user, as the menu at the top does."""
		self.form("User", self.person.email)
		expect(self.desk.control("first_name")).to_be_visible()

	def print(self, doctype: str, name: str) -> None:
		"""Open a record as it is printed."""
		self.go("print", doctype, name)
		frame = self.desk.page.frame_locator(".print-preview iframe:visible").first
		expect(frame.locator("body")).to_contain_text(name)
