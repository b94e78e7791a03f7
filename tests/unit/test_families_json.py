"""The JSON of price lists, campaigns, segments, issues and sharing rules says what the contract says."""

import json
import unittest
from pathlib import Path

APP = Path(__file__).resolve().parents[2] / "apps" / "skycrm" / "skycrm"
DOCTYPES = APP / "skycrm" / "doctype"

# DocType -> field -> type, or type and options; from section 3 of the contract.
CONTRACT: dict[str, dict[str, tuple[str, ...]]] = {
	"Sky Price List": {
		"price_list_name": ("Data",),
		"purpose": ("Data",),
		"currency": ("Link", "Currency"),
		"selling": ("Check",),
		"buying": ("Check",),
		"base_price_list": ("Link", "Price List"),
		"adjustment_type": (
			"Select",
			"None\nDiscount Percentage\nSurcharge Percentage\nDiscount Amount\nSurcharge Amount",
		),
		"adjustment_value": ("Float",),
		"rounding": ("Select",),
		"valid_from": ("Date",),
		"valid_upto": ("Date",),
		"priority": ("Int",),
		"status": ("Select", "Draft\nPending Approval\nActive\nRetired"),
		"applies_to": ("Table", "Sky Price List Party"),
		"items": ("Table", "Sky Price List Item"),
		"price_list": ("Link", "Price List"),
	},
	"Sky Price List Party": {
		"party_type": ("Select", "Customer\nCustomer Group\nTerritory\nSky Customer Tier"),
		"party": ("Dynamic Link", "party_type"),
	},
	"Sky Price List Item": {
		"item_code": ("Link", "Item"),
		"uom": ("Link", "UOM"),
		"min_qty": ("Float",),
		"rate": ("Currency",),
		"discount_percentage": ("Percent",),
	},
	"Sky Campaign": {
		"campaign_name": ("Data",),
		"objective": ("Small Text",),
		"channel": ("Select", "Email\nSMS\nZalo\nCall\nEvent\nDirect Mail\nAds"),
		"kind": ("Select", "Promotion\nNewsletter\nGreeting\nSurvey"),
		"start_on": ("Datetime",),
		"end_on": ("Datetime",),
		"budget": ("Currency",),
		"actual_cost": ("Currency",),
		"expected_leads": ("Int",),
		"expected_revenue": ("Currency",),
		"segment": ("Link", "Sky Segment"),
		"email_template": ("Link", "Email Template"),
		"subject": ("Data",),
		"content": ("Text Editor",),
		"sender": ("Link", "Email Account"),
		"batch_size": ("Int",),
		"batch_interval_minutes": ("Int",),
		"send_windows": ("Table", "Sky Campaign Send Window"),
		"bounce_stop_percent": ("Percent",),
		"status": (
			"Select",
			"Draft\nPending Approval\nApproved\nRunning\nPaused\nCompleted\nCancelled",
		),
		"pause_reason": ("Small Text",),
		**{
			counter: ("Int",)
			for counter in (
				"total_recipients",
				"sent",
				"delivered",
				"opened",
				"clicked",
				"bounced",
				"failed",
				"unsubscribed",
				"leads_created",
				"customers_won",
			)
		},
		"revenue": ("Currency",),
	},
	"Sky Campaign Send Window": {"weekday": ("Select",), "from_time": ("Time",), "to_time": ("Time",)},
	"Sky Campaign Recipient": {
		"campaign": ("Link", "Sky Campaign"),
		"address": ("Data",),
		"recipient_type": ("Select",),
		"recipient": ("Dynamic Link", "recipient_type"),
		"status": ("Select", "Queued\nSending\nSent\nBounced\nFailed\nSuppressed\nIn Doubt"),
		"sent_on": ("Datetime",),
		"opened_on": ("Datetime",),
		"clicked_on": ("Datetime",),
		"error": ("Small Text",),
	},
	"Sky Segment": {
		"filters": ("Table", "Sky Segment Filter"),
		"members": ("Table", "Sky Segment Member"),
		"exclusions": ("Table", "Sky Segment Exclusion"),
	},
	"Sky Suppression": {
		"channel": ("Select",),
		"address": ("Data",),
		"reason": ("Select", "Unsubscribed\nHard Bounce\nComplaint\nManual"),
		"campaign": ("Link", "Sky Campaign"),
	},
	"Sky Issue": {
		"subject": ("Data",),
		"description": ("Text Editor",),
		"customer": ("Link", "Customer"),
		"contact": ("Link", "Contact"),
		"lead": ("Link", "Sky Lead"),
		"raised_by": ("Data", "Email"),
		"channel": ("Select", "Email\nPortal\nPhone\nZalo\nChat\nDesk"),
		"issue_type": ("Link", "Issue Type"),
		"priority": ("Link", "Issue Priority"),
		"status": ("Select", "Open\nReplied\nOn Hold\nResolved\nClosed"),
		"assigned_team": ("Link", "Sky Team"),
		"service_level_agreement": ("Link", "Service Level Agreement"),
		"response_by": ("Datetime",),
		"sla_resolution_by": ("Datetime",),
		"agreement_status": ("Select", "First Response Due\nResolution Due\nFulfilled\nFailed"),
		"first_responded_on": ("Datetime",),
		"resolution": ("Text Editor",),
		"item_code": ("Link", "Item"),
		"serial_no": ("Link", "Serial No"),
		"reference_doctype": ("Select",),
		"reference_name": ("Dynamic Link", "reference_doctype"),
		"rating": ("Int",),
		"rating_comment": ("Small Text",),
	},
	"Sky Sharing Rule": {
		"document_type": ("Link", "DocType"),
		"share_from": ("Dynamic Link", "share_from_type"),
		"share_to": ("Dynamic Link", "share_to_type"),
		"access": ("Select", "Read\nWrite"),
		"enabled": ("Check",),
	},
}
NAMES = {
	"Sky Price List": "field:price_list_name",
	"Sky Campaign": "SKY-CAMP-.YYYY.-.####",
	"Sky Issue": "SKY-ISS-.YYYY.-.#####",
}
WORKFLOWS = {"sky_price_list": "Sky Price List", "sky_campaign": "Sky Campaign", "sky_issue": "Sky Issue"}


def read(doctype: str) -> dict:
	slug = doctype.lower().replace(" ", "_")
	return json.loads((DOCTYPES / slug / f"{slug}.json").read_text(encoding="utf-8"))


class Contract(unittest.TestCase):
	def test_every_field_is_there_with_its_type_and_options(self) -> None:
		for doctype, fields in CONTRACT.items():
			found = {field["fieldname"]: field for field in read(doctype)["fields"]}
			for name, (fieldtype, *options) in fields.items():
				with self.subTest(doctype=doctype, field=name):
					self.assertIn(name, found)
					self.assertEqual(found[name]["fieldtype"], fieldtype)
					if options:
						self.assertEqual(found[name]["options"], options[0])

	def test_records_are_named_as_the_contract_says(self) -> None:
		for doctype, autoname in NAMES.items():
			self.assertEqual(read(doctype)["autoname"], autoname)

	def test_batches_start_within_what_is_allowed(self) -> None:
		fields = {field["fieldname"]: field for field in read("Sky Campaign")["fields"]}
		self.assertEqual(fields["batch_size"]["default"], "50")
		self.assertEqual(fields["batch_interval_minutes"]["default"], "5")

	def test_no_field_of_a_team_is_in_the_global_search(self) -> None:
		for doctype in CONTRACT:
			for field in read(doctype)["fields"]:
				self.assertFalse(field.get("in_global_search"), (doctype, field["fieldname"]))

	def test_every_link_is_indexed_where_lists_filter_by_it(self) -> None:
		for doctype, field in (
			("Sky Campaign Recipient", "campaign"),
			("Sky Issue", "customer"),
			("Sky Issue", "status"),
			("Sky Issue", "raised_by"),
			("Sky Campaign", "segment"),
			("Sky Price List", "status"),
			("Sky Suppression", "address"),
		):
			fields = {row["fieldname"]: row for row in read(doctype)["fields"]}
			self.assertEqual(fields[field].get("search_index"), 1, (doctype, field))


class Workflows(unittest.TestCase):
	def test_states_are_the_options_of_the_status_field(self) -> None:
		for slug, doctype in WORKFLOWS.items():
			workflow = self.workflow(slug)
			fields = {field["fieldname"]: field for field in read(doctype)["fields"]}
			options = fields[workflow["workflow_state_field"]]["options"].split("\n")
			with self.subTest(doctype=doctype):
				self.assertEqual([row["state"] for row in workflow["states"]], options)
				self.assertEqual(workflow["document_type"], doctype)
				self.assertEqual(options[0], fields[workflow["workflow_state_field"]]["default"])

	def test_transitions_lead_from_state_to_state_and_nowhere_is_a_dead_end_but_the_end(self) -> None:
		ends = {"Sky Price List": set(), "Sky Campaign": {"Completed", "Cancelled"}, "Sky Issue": set()}
		for slug, doctype in WORKFLOWS.items():
			workflow = self.workflow(slug)
			states = {row["state"] for row in workflow["states"]}
			left = {row["state"] for row in workflow["transitions"]}
			reached = {row["next_state"] for row in workflow["transitions"]}
			with self.subTest(doctype=doctype):
				self.assertLessEqual(left | reached, states)
				self.assertEqual(states - left, ends[doctype])
				self.assertEqual(states - reached - {workflow["states"][0]["state"]}, set())

	def test_every_state_and_action_comes_with_the_file(self) -> None:
		for slug in WORKFLOWS:
			records = self.records(slug)
			names = {(record["doctype"], record["name"]) for record in records}
			workflow = self.workflow(slug)
			for row in workflow["states"]:
				self.assertIn(("Workflow State", row["state"]), names)
			for row in workflow["transitions"]:
				self.assertIn(("Workflow Action Master", row["action"]), names)

	def test_sending_channels_are_not_started_by_a_button_of_the_workflow(self) -> None:
		for row in self.workflow("sky_campaign")["transitions"]:
			if "Running" in (row["state"], row["next_state"]):
				self.assertIn("'Call', 'Event', 'Direct Mail', 'Ads'", row["condition"])

	def records(self, slug: str) -> list[dict]:
		return json.loads((APP / "workflows" / f"{slug}.json").read_text(encoding="utf-8"))

	def workflow(self, slug: str) -> dict:
		return next(record for record in self.records(slug) if record["doctype"] == "Workflow")


class Workspace(unittest.TestCase):
	def test_blocks_name_what_the_workspace_has(self) -> None:
		"""A block whose name is not in the child table is silently empty on the desk."""
		workspace = self.module_record("workspace", "skycrm")
		tables = {
			"shortcut": ("shortcut_name", [row["label"] for row in workspace["shortcuts"]]),
			"number_card": ("number_card_name", [row["label"] for row in workspace["number_cards"]]),
			"chart": ("chart_name", [row["label"] for row in workspace["charts"]]),
			"quick_list": ("quick_list_name", [row["label"] for row in workspace["quick_lists"]]),
			"card": (
				"card_name",
				[row["label"] for row in workspace["links"] if row["type"] == "Card Break"],
			),
		}
		for block in json.loads(workspace["content"]):
			if block["type"] in tables:
				key, labels = tables[block["type"]]
				self.assertIn(block["data"][key], labels)

	def test_link_counts_are_the_number_of_links(self) -> None:
		expected: dict[str, int] = {}
		given: dict[str, int] = {}
		for row in self.module_record("workspace", "skycrm")["links"]:
			if row["type"] == "Card Break":
				group = row["label"]
				given[group] = row["link_count"]
				expected[group] = 0
			else:
				expected[group] += 1
		self.assertEqual(given, expected)

	def test_everything_it_names_is_in_the_app(self) -> None:
		workspace = self.module_record("workspace", "skycrm")
		for row in workspace["number_cards"]:
			self.assertTrue(self.is_there("number_card", row["number_card_name"]), row)
		for row in workspace["charts"]:
			self.assertTrue(self.is_there("dashboard_chart", row["chart_name"]), row)
		for guide in ("skycrm", "skycrm_setup"):
			for row in self.module_record("module_onboarding", guide)["steps"]:
				self.assertTrue(self.is_there("onboarding_step", row["step"]), row)

	def test_charts_are_run_for_each_user(self) -> None:
		"""The framework caches a chart over a DocType under its name alone: one user's rows for all."""
		for path in (APP / "skycrm" / "dashboard_chart").glob("*/*.json"):
			self.assertEqual(json.loads(path.read_text(encoding="utf-8"))["chart_type"], "Report", path.name)

	def test_tours_point_at_fields_that_exist(self) -> None:
		for path in (APP / "skycrm" / "form_tour").glob("*/*.json"):
			tour = json.loads(path.read_text(encoding="utf-8"))
			fields = {field["fieldname"] for field in read(tour["reference_doctype"])["fields"]}
			self.assertLessEqual({step["fieldname"] for step in tour["steps"]}, fields, path.name)

	def module_record(self, folder: str, slug: str) -> dict:
		return json.loads((APP / "skycrm" / folder / slug / f"{slug}.json").read_text(encoding="utf-8"))

	def is_there(self, folder: str, name: str) -> bool:
		slug = name.lower().replace(" ", "_")
		return (APP / "skycrm" / folder / slug / f"{slug}.json").exists()
