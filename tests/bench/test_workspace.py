"""The SkyCRM workspace, its cards, charts, boards, onboarding and reports on a real site, as the users who see them."""

import json
from typing import Any

from factories import make_customer, make_item
from people import only

import frappe
from frappe.desk.desktop import get_desktop_page
from frappe.desk.doctype.number_card.number_card import get_result
from frappe.desk.query_report import run
from frappe.tests.utils import FrappeTestCase
from frappe.utils import add_days, add_to_date, get_first_day, now_datetime, nowdate

from skycrm.api.v1 import cards
from skycrm.setup import kanban

REPORTS = {
	"Sales Pipeline by Stage": [
		{},
		{"status": "Won"},
		{
			"status": "Lost",
			"team": "none",
			"source": "none",
			"campaign": "none",
			"opportunity_owner": "Administrator",
		},
		{"from_date": "2026-01-01"},
		{"to_date": "2026-12-31"},
		{"from_date": "2026-01-01", "to_date": "2026-12-31", "status": "nonsense"},
	],
	"Amount Won by Month": [
		{},
		{"from_date": "2026-01-15", "to_date": "2026-03-01"},
		{"opportunity_owner": "Administrator", "team": "none"},
	],
	"Lead Source Effectiveness": [
		{},
		{"from_date": "2026-01-01", "to_date": "2026-12-31"},
		{"owner": "Administrator", "team": "none", "campaign": "none"},
	],
	"Overdue Follow-ups": [
		{},
		{"document_type": "Sky Lead"},
		{"document_type": "Sky Opportunity", "owner": "Administrator", "team": "none", "days_late": 3},
	],
}


def lead(name: str, **values: Any):
	return frappe.get_doc({"doctype": "Sky Lead", "lead_name": name, **values}).insert(
		ignore_permissions=True
	)


def opportunity(title: str, amount: float, **values: Any):
	item = make_item("SKY-WORKSPACE-ITEM")
	customer = make_customer("Workspace Customer")
	return frappe.get_doc(
		{
			"doctype": "Sky Opportunity",
			"title": title,
			"customer": customer,
			"stage": "Prospecting",
			"items": [{"item_code": item, "qty": 1, "rate": amount, "price_list_rate": amount}],
			**values,
		}
	).insert(ignore_permissions=True)


class WorkspaceTestCase(FrappeTestCase):
	def setUp(self) -> None:
		frappe.set_user("Administrator")
		self.seller = only("workspace-seller@example.com", "Sky Sales User")
		self.other = only("workspace-other@example.com", "Sky Sales User")

	def tearDown(self) -> None:
		frappe.set_user("Administrator")
		frappe.db.rollback()

	def card(self, name: str) -> float:
		"""What the desk would show for a card, with its filters as the desk works them out."""
		document = frappe.get_doc("Number Card", name)
		filters = json.loads(document.filters_json or "[]")
		for row in json.loads(document.dynamic_filters_json or "[]"):
			value = (
				frappe.session.user
				if "session.user" in row[3]
				else frappe.defaults.get_user_default("Company")
			)
			filters.append([*row[:3], value])
		return get_result(document.as_json(), json.dumps(filters))

	def rows(self, report: str, filters: dict | None = None) -> list[dict]:
		"""Rows of a report, as the desk runs it for the session's user, without the total row."""
		result = run(report, filters=json.dumps(filters or {}))["result"]
		return [row for row in result if isinstance(row, dict) and not row.get("is_total")]


class TestDesk(WorkspaceTestCase):
	def page(self, name: str = "SkyCRM") -> dict:
		return get_desktop_page(json.dumps({"name": name, "title": name, "public": 1}))

	def test_everything_named_by_a_workspace_is_on_the_site(self) -> None:
		names = frappe.get_all("Workspace", filters={"module": "SkyCRM"}, pluck="name")
		self.assertEqual(len(names), 5)
		for name in names:
			with self.subTest(workspace=name):
				self.check_workspace(frappe.get_doc("Workspace", name))

	def check_workspace(self, workspace) -> None:
		for row in workspace.links:
			if row.type == "Link":
				self.assertTrue(frappe.db.exists(row.link_type, row.link_to), row.link_to)
		for row in workspace.shortcuts:
			if row.type == "URL":  # a Single: the desk would count its records
				self.assertEqual(row.url, "/app/sky-crm-settings")
				continue
			self.assertTrue(frappe.db.exists(row.type, row.link_to), row.link_to)
			if row.kanban_board:
				self.assertTrue(frappe.db.exists("Kanban Board", row.kanban_board), row.kanban_board)
		for row in workspace.number_cards:
			self.assertTrue(frappe.db.exists("Number Card", row.number_card_name))
		for row in workspace.charts:
			self.assertTrue(frappe.db.exists("Dashboard Chart", row.chart_name))
		self.assertTrue(frappe.db.exists("Dashboard", "SkyCRM"))
		for row in workspace.roles:
			self.assertTrue(frappe.db.exists("Role", row.role), row.role)
		shown = {
			kind: {
				block["data"][f"{kind}_name"]
				for block in json.loads(workspace.content)
				if block["type"] == kind
			}
			for kind in ("shortcut", "number_card", "chart", "quick_list", "card")
		}
		cards = [row for row in workspace.links if row.type == "Card Break"]
		for kind, rows in (
			("shortcut", workspace.shortcuts),
			("number_card", workspace.number_cards),
			("chart", workspace.charts),
			("quick_list", workspace.quick_lists),
			("card", cards),
		):
			self.assertEqual(shown[kind], {row.label for row in rows})

	def test_a_seller_gets_the_cards_charts_and_lists_of_selling(self) -> None:
		frappe.set_user(self.seller)
		page = self.page()
		self.assertEqual(len(page["number_cards"]["items"]), 6)
		self.assertEqual(len(page["charts"]["items"]), 3)
		self.assertEqual(
			{row["document_type"] for row in page["quick_lists"]["items"]}, {"Sky Lead", "Sky Opportunity"}
		)
		self.assertNotIn("Sky Issue", {row["link_to"] for row in page["shortcuts"]["items"]})

	def test_a_support_agent_sees_issues_and_no_pipeline(self) -> None:
		frappe.set_user(only("workspace-agent@example.com", "Sky Support Agent"))
		page = self.page("SkyCRM Support")
		self.assertIn("Sky Issue", {row["link_to"] for row in page["shortcuts"]["items"]})
		self.assertEqual(len(page["number_cards"]["items"]), 2)
		self.assertEqual(page["charts"]["items"], [])

	def test_every_thing_on_a_desk_may_be_opened_by_whom_it_is_for(self) -> None:
		"""Nothing is named in vain: whoever manages a job with its profile gets each card, chart, list and link."""
		for profile, name in (
			("Sky Sales Management", "SkyCRM"),
			("Sky Sales Management", "SkyCRM Management"),
			("Sky Marketing Management", "SkyCRM Marketing"),
			("Sky Support Management", "SkyCRM Support"),
			("Sky CRM Administration", "SkyCRM Setup"),
		):
			roles = frappe.get_all(
				"Has Role", {"parenttype": "Role Profile", "parent": profile}, pluck="role"
			)
			frappe.set_user(only(f"workspace-{frappe.scrub(profile)}@example.com", *roles))
			with self.subTest(profile=profile, workspace=name):
				page, workspace = self.page(name), frappe.get_doc("Workspace", name)
				for part in ("number_cards", "charts", "quick_lists", "shortcuts"):
					self.assertEqual(len(page[part]["items"]), len(workspace.get(part)), part)
				links = {link["link_to"] for card in page["cards"]["items"] for link in card["links"]}
				self.assertEqual(
					{row.link_to for row in workspace.links if row.type == "Link"} - links, set()
				)
			frappe.set_user("Administrator")

	def test_whoever_sees_a_guide_can_take_each_of_its_steps(self) -> None:
		for guide, count in (("SkyCRM Setup", 3), ("SkyCRM", 5)):
			document = frappe.get_doc("Module Onboarding", guide)
			steps = document.get_steps()
			self.assertEqual(len(steps), count)
			for role in ("Sky CRM Admin", "Sky Sales Manager", "Sky Sales User"):
				if role not in document.get_allowed_roles():
					continue
				profile = {
					"Sky CRM Admin": "Sky CRM Administration",
					"Sky Sales Manager": "Sky Sales Management",
				}
				roles = frappe.get_all(
					"Has Role",
					{"parenttype": "Role Profile", "parent": profile.get(role, "Sky Sales")},
					pluck="role",
				)
				person = only(f"workspace-guide-{frappe.scrub(role)}@example.com", *roles)
				for step in steps:
					with self.subTest(guide=guide, role=role, step=step.name):
						self.check_step(step, person)

	def check_step(self, step, person: str) -> None:
		if step.form_tour:
			self.assertTrue(frappe.db.exists("Form Tour", step.form_tour))
		if step.reference_report:
			frappe.set_user(person)
			self.assertTrue(run(step.reference_report)["columns"])
			frappe.set_user("Administrator")
		else:
			right = "create" if step.action == "Create Entry" else "read"
			self.assertTrue(frappe.has_permission(step.reference_document, right, user=person))

	def test_sellers_are_guided_in_selling_and_not_in_setting_up(self) -> None:
		frappe.set_user(self.seller)
		self.assertEqual([row["label"] for row in self.page()["onboardings"]["items"]], ["SkyCRM"])
		frappe.set_user(only("workspace-admin@example.com", "Sky CRM Admin"))
		self.assertEqual(len(self.page("SkyCRM Setup")["onboardings"]["items"]), 1)


class TestNumbers(WorkspaceTestCase):
	def test_cards_count_what_is_there(self) -> None:
		names = ("Sky New Leads This Week", "Sky Open Opportunities", "Sky Weighted Pipeline")
		before = {name: self.card(name) for name in names}
		lead("Workspace Một", mobile_no="0912345671")
		deal = opportunity("Workspace Deal", 1_000_000)
		self.assertEqual(self.card("Sky New Leads This Week"), before["Sky New Leads This Week"] + 1)
		self.assertEqual(self.card("Sky Open Opportunities"), before["Sky Open Opportunities"] + 1)
		self.assertEqual(
			self.card("Sky Weighted Pipeline"),
			before["Sky Weighted Pipeline"] + deal.base_amount * deal.probability / 100,
		)

	def test_a_deal_won_now_is_won_this_month(self) -> None:
		before = self.card("Sky Won This Month")
		deal = opportunity("Workspace Won", 2_000_000)
		deal.stage = "Won"
		deal.save()
		self.assertEqual(self.card("Sky Won This Month"), before + 2_000_000)

	def test_cards_count_what_their_reader_may_see(self) -> None:
		frappe.set_user(self.seller)
		before, late = self.card("Sky Open Opportunities"), cards.overdue_next_contacts()["value"]
		frappe.set_user("Administrator")
		opportunity("Workspace Foreign", 5_000_000, opportunity_owner=self.other)
		opportunity("Workspace Own", 3_000_000, opportunity_owner=self.seller)
		lead(
			"Workspace Trễ",
			mobile_no="0912345672",
			lead_owner=self.other,
			next_contact_on=add_days(nowdate(), -3),
		)
		frappe.set_user(self.seller)
		self.assertEqual(self.card("Sky Open Opportunities"), before + 1)
		self.assertEqual(cards.overdue_next_contacts()["value"], late, self.rows("Overdue Follow-ups"))

	def test_late_contacts_count_leads_and_opportunities_that_are_open(self) -> None:
		before = cards.overdue_next_contacts()["value"]
		yesterday = add_to_date(now_datetime(), days=-1)
		lead("Workspace Hai", mobile_no="0912345673", next_contact_on=yesterday)
		opportunity("Workspace Late", 1, next_contact_on=yesterday)
		lead("Workspace Ba", mobile_no="0912345674", next_contact_on=add_to_date(now_datetime(), days=1))
		self.assertEqual(cards.overdue_next_contacts()["value"], before + 2)

	def test_my_open_leads_are_mine(self) -> None:
		frappe.set_user(self.seller)
		before = self.card("Sky My Open Leads")
		frappe.set_user("Administrator")
		lead("Workspace Bốn", mobile_no="0912345675", lead_owner=self.seller)
		lead("Workspace Năm", mobile_no="0912345676", lead_owner=self.other)
		frappe.set_user(self.seller)
		self.assertEqual(self.card("Sky My Open Leads"), before + 1)


class TestReports(WorkspaceTestCase):
	def test_every_report_runs_with_and_without_its_filters(self) -> None:
		for report, several in REPORTS.items():
			for filters in several:
				with self.subTest(report=report, filters=filters):
					result = run(report, filters=json.dumps(filters))
					self.assertTrue(result["columns"])
					self.assertIsInstance(result["result"], list)
					# Nothing to show is an empty chart: with none at all a dashboard breaks.
					self.assertIn("data", result["chart"])

	def test_columns_and_charts_are_translated(self) -> None:
		frappe.local.lang = "vi"
		try:
			for report in REPORTS:
				labels = [column["label"] for column in run(report)["columns"]]
				self.assertTrue(all(labels), report)
		finally:
			frappe.local.lang = "en"

	def test_the_pipeline_adds_up_by_stage(self) -> None:
		before = {row["stage"]: row for row in self.rows("Sales Pipeline by Stage")}
		opportunity("Workspace P1", 1_000_000, stage="Prospecting")
		opportunity("Workspace P2", 2_000_000, stage="Prospecting")
		after = {row["stage"]: row for row in self.rows("Sales Pipeline by Stage")}
		self.assertEqual(after["Prospecting"]["deals"], before["Prospecting"]["deals"] + 2)
		self.assertEqual(after["Prospecting"]["amount"], before["Prospecting"]["amount"] + 3_000_000)
		self.assertEqual(after["Prospecting"]["weighted"], before["Prospecting"]["weighted"] + 300_000)
		stages = frappe.get_all(
			"Sky Sales Stage", filters={"type": "Open"}, order_by="sequence", pluck="name"
		)
		self.assertEqual(
			[row["stage"] for row in self.rows("Sales Pipeline by Stage")][: len(stages)], stages
		)

	def test_the_last_row_of_the_pipeline_is_the_sum(self) -> None:
		opportunity("Workspace P3", 1_000_000)
		*stages, total = run("Sales Pipeline by Stage")["result"]
		self.assertEqual((total["is_total"], total["share"]), (1, 100))
		self.assertEqual(total["amount"], sum(row["amount"] for row in stages))

	def test_months_without_a_win_are_shown_and_wins_are_in_their_month(self) -> None:
		rows = self.rows("Amount Won by Month")
		self.assertEqual(len(rows), 12)
		before = rows[-1]["amount"]
		deal = opportunity("Workspace Win", 4_000_000)
		deal.stage = "Won"
		deal.save()
		rows = self.rows("Amount Won by Month")
		self.assertEqual(rows[-1]["month"], get_first_day(nowdate()).strftime("%m/%Y"))
		self.assertEqual(rows[-1]["amount"], before + 4_000_000)

	def test_a_period_that_ends_before_it_starts_is_refused(self) -> None:
		with self.assertRaisesRegex(frappe.ValidationError, "From Date"):
			run(
				"Amount Won by Month",
				filters=json.dumps({"from_date": "2026-05-01", "to_date": "2026-01-01"}),
			)

	def test_sources_are_measured(self) -> None:
		source = frappe.get_doc({"doctype": "Sky Lead Source", "source_name": "Workspace Fair"}).insert().name
		lead("Workspace Sáu", mobile_no="0912345677", source=source)
		lead("Workspace Bảy", mobile_no="0912345678", source=source)
		(row,) = [row for row in self.rows("Lead Source Effectiveness") if row["source"] == source]
		self.assertEqual((row["leads"], row["converted"], row["conversion_rate"], row["won"]), (2, 0, 0, 0))

	def test_late_records_are_listed_with_how_late_they_are(self) -> None:
		late = lead(
			"Workspace Tám", mobile_no="0912345679", next_contact_on=add_to_date(now_datetime(), days=-10)
		)
		(row,) = [row for row in self.rows("Overdue Follow-ups") if row["name"] == late.name]
		self.assertEqual((row["document_type"], row["days_late"]), ("Sky Lead", 10))
		self.assertFalse(
			[row for row in self.rows("Overdue Follow-ups", {"days_late": 11}) if row["name"] == late.name]
		)

	def test_reports_show_their_reader_no_foreign_money(self) -> None:
		frappe.set_user(self.seller)
		before = sum(row["amount"] for row in self.rows("Sales Pipeline by Stage"))
		late_before = len(self.rows("Overdue Follow-ups"))
		frappe.set_user("Administrator")
		opportunity(
			"Workspace Secret",
			9_000_000,
			opportunity_owner=self.other,
			next_contact_on=add_to_date(now_datetime(), days=-2),
		)
		frappe.set_user(self.seller)
		self.assertEqual(sum(row["amount"] for row in self.rows("Sales Pipeline by Stage")), before)
		self.assertEqual(len(self.rows("Overdue Follow-ups")), late_before)

	def test_a_support_agent_gets_no_sales_report(self) -> None:
		frappe.set_user(only("workspace-agent@example.com", "Sky Support Agent"))
		for report in REPORTS:
			with self.subTest(report=report), self.assertRaises(frappe.PermissionError):
				run(report)


class TestBoards(WorkspaceTestCase):
	def test_both_boards_are_there_with_every_column(self) -> None:
		kanban.ensure_kanban_boards()
		leads = frappe.get_doc("Kanban Board", kanban.LEAD_BOARD)
		options = frappe.get_meta("Sky Lead").get_options("status").split("\n")
		self.assertEqual({row.column_name for row in leads.columns}, set(options))
		deals = frappe.get_doc("Kanban Board", kanban.OPPORTUNITY_BOARD)
		stages = frappe.get_all("Sky Sales Stage", filters={"enabled": 1}, pluck="name")
		self.assertEqual({row.column_name for row in deals.columns}, set(stages))

	def test_a_board_that_an_admin_deleted_or_changed_stays_so(self) -> None:
		kanban.ensure_kanban_boards()
		board = frappe.get_doc("Kanban Board", kanban.LEAD_BOARD)
		board.columns = board.columns[:2]
		board.save()
		kanban.ensure_kanban_boards()
		self.assertEqual(len(frappe.get_doc("Kanban Board", kanban.LEAD_BOARD).columns), 2)
		frappe.delete_doc("Kanban Board", kanban.LEAD_BOARD)
		kanban.ensure_kanban_boards()
		self.assertFalse(frappe.db.exists("Kanban Board", kanban.LEAD_BOARD))

	def columns(self) -> list[str]:
		return frappe.get_all(
			"Kanban Board Column", {"parent": kanban.OPPORTUNITY_BOARD}, pluck="column_name"
		)

	def test_a_new_stage_gets_its_column_once(self) -> None:
		kanban.ensure_kanban_boards()
		stage = frappe.get_doc(
			{"doctype": "Sky Sales Stage", "stage_name": "Workspace Stage", "type": "Open", "probability": 30}
		).insert()
		kanban.add_stage_column(stage.name, stage.type)
		self.assertEqual(self.columns().count("Workspace Stage"), 1)

	def test_a_renamed_stage_keeps_its_column(self) -> None:
		kanban.ensure_kanban_boards()
		before = len(self.columns())
		frappe.rename_doc("Sky Sales Stage", "Negotiation", "Bargaining")
		self.assertIn("Bargaining", self.columns())
		self.assertNotIn("Negotiation", self.columns())
		self.assertEqual(len(self.columns()), before)

	def test_a_card_is_moved_by_dragging(self) -> None:
		kanban.ensure_kanban_boards()
		deal = opportunity("Workspace Card", 1)
		from frappe.desk.doctype.kanban_board.kanban_board import update_order

		update_order(kanban.OPPORTUNITY_BOARD, json.dumps({"Needs Analysis": [deal.name]}))
		self.assertEqual(frappe.db.get_value("Sky Opportunity", deal.name, "stage"), "Needs Analysis")
