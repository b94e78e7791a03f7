"""Price lists, campaigns, segments, suppressions, issues and sharing rules on a real site: fields, checks, rights, moves."""

from typing import Any

from factories import make_item
from people import only
from pymysql.err import IntegrityError

import frappe
from frappe.model.workflow import WorkflowPermissionError, apply_workflow
from frappe.tests.utils import FrappeTestCase


def make(doctype: str, **values: Any):
	return frappe.get_doc({"doctype": doctype, **values}).insert()


def move(document, action: str):
	"""Press a workflow button as the session's user."""
	return apply_workflow(document.as_json(), action)


class FamiliesTestCase(FrappeTestCase):
	def tearDown(self) -> None:
		frappe.set_user("Administrator")
		frappe.db.rollback()

	def refused(self, *words: str, exc: type[Exception] = frappe.ValidationError):
		"""The block raises `exc` with a sentence that holds every one of `words`."""
		test = self

		class Refusal:
			def __enter__(self) -> None:
				frappe.clear_messages()

			def __exit__(self, kind, error, _trace) -> bool:
				test.assertIsNotNone(kind, "nothing was refused")
				if not issubclass(kind, exc):
					return False
				for word in words:
					test.assertIn(word, frappe.utils.strip_html(str(error)))
				return True

		return Refusal()

	def item(self) -> str:
		return make_item("SKY-FAMILY-ITEM")


class TestPriceList(FamiliesTestCase):
	def list_of(self, **values: Any):
		defaults = {
			"price_list_name": "Family Dealers",
			"currency": "VND",
			"items": [{"item_code": self.item(), "rate": 95000, "min_qty": 10}],
		}
		return frappe.get_doc({"doctype": "Sky Price List", **defaults, **values})

	def test_it_is_named_by_its_name_and_starts_as_a_draft(self) -> None:
		document = self.list_of().insert()
		self.assertEqual(document.name, "Family Dealers")
		self.assertEqual(document.status, "Draft")
		self.assertEqual(document.adjustment_type, "None")

	def test_dates_use_and_lines_are_checked(self) -> None:
		item = self.item()
		cases = [
			({"valid_from": "2026-12-31", "valid_upto": "2026-12-01"}, ("Valid Up To", "Valid From")),
			({"selling": 0, "buying": 0}, ("Selling", "Buying")),
			({"items": [{"item_code": item, "rate": -1}]}, ("Rate",)),
			({"items": [{"item_code": item}]}, ("Row 1", "empty")),
			({"items": [{"item_code": item, "discount_percentage": 5}]}, ("Row 1", "base price list")),
			(
				{
					"items": [
						{"item_code": item, "rate": 1, "min_qty": 1},
						{"item_code": item, "rate": 2, "min_qty": 1},
					]
				},
				("Row 2", "repeats row 1", item),
			),
			(
				{
					"base_price_list": "Standard Selling",
					"items": [{"item_code": item, "rate": 1, "discount_percentage": 1}],
				},
				("both filled in",),
			),
			({"adjustment_type": "Discount Percentage", "adjustment_value": 5}, ("Base Price List",)),
			(
				{
					"base_price_list": "Standard Selling",
					"adjustment_type": "Discount Percentage",
					"adjustment_value": 101,
				},
				("Adjustment Value", "0", "100"),
			),
			(
				{"applies_to": [{"party_type": "Item Group", "party": "All Item Groups"}]},
				("Item Group", "not known"),
			),
			(
				{
					"applies_to": [
						{"party_type": "Customer Group", "party": "All Customer Groups"},
						{"party_type": "Customer Group", "party": "All Customer Groups"},
					]
				},
				("repeats row 1",),
			),
		]
		for values, words in cases:
			with self.subTest(values=values), self.refused(*words):
				self.list_of(**values).insert()

	def test_a_list_cannot_be_its_own_base_directly_or_by_way_of_others(self) -> None:
		for name in ("Family A", "Family B"):
			make("Price List", price_list_name=name, currency="VND", selling=1, enabled=1)
		with self.refused("Base Price List", "themselves"):
			self.list_of(price_list_name="Family A", base_price_list="Family A").insert()
		frappe.db.rollback()
		for name in ("Family A", "Family B"):
			make("Price List", price_list_name=name, currency="VND", selling=1, enabled=1)
		self.list_of(price_list_name="Family A", base_price_list="Family B").insert()
		with self.refused("by way of others"):
			self.list_of(price_list_name="Family B", base_price_list="Family A").insert()

	def test_an_adjustment_without_meaning_is_cleared(self) -> None:
		document = self.list_of(adjustment_type="None", adjustment_value=7).insert()
		self.assertEqual(document.adjustment_value, 0)

	def test_the_workflow_moves_it_and_nothing_else_does(self) -> None:
		maker = only("family-maker@example.com", "Sky Sales Manager")
		checker = only("family-checker@example.com", "Sky Sales Manager")
		item = self.item()
		frappe.set_user(maker)
		document = self.list_of(items=[{"item_code": item, "rate": 1}]).insert()
		document = move(document, "Request Approval")
		self.assertEqual(document.status, "Pending Approval")
		with self.refused("Self approval", exc=Exception):
			move(document, "Approve")
		document.reload()
		document.status = "Active"
		with self.refused("Pending Approval", "Active", exc=frappe.PermissionError):
			document.save()
		frappe.set_user(checker)
		document = move(frappe.get_doc("Sky Price List", document.name), "Approve")
		self.assertEqual(document.status, "Active")
		document.status = "Draft"
		with self.refused(exc=Exception):
			document.save()

	def test_a_new_list_cannot_start_active(self) -> None:
		with self.assertRaises(WorkflowPermissionError):
			self.list_of(status="Active").insert()
		self.assertFalse(frappe.db.exists("Sky Price List", "Family Dealers"))


class TestCampaign(FamiliesTestCase):
	def campaign(self, **values: Any):
		return frappe.get_doc({"doctype": "Sky Campaign", "campaign_name": "Family Tết", **values})

	def test_it_is_numbered_and_comes_with_safe_batches(self) -> None:
		document = self.campaign().insert()
		self.assertRegex(document.name, r"^SKY-CAMP-\d{4}-\d{4}$")
		self.assertEqual(
			(document.batch_size, document.batch_interval_minutes, document.status), (50, 5, "Draft")
		)

	def test_limits_of_batches_dates_and_windows(self) -> None:
		cases = [
			({"batch_size": 101}, ("Batch Size", "101", "1", "100")),
			({"batch_size": 0}, ("Batch Size",)),
			({"batch_interval_minutes": 4}, ("Minutes Between Batches", "5")),
			({"bounce_stop_percent": 101}, ("Bounce Limit",)),
			({"budget": -1}, ("Budget",)),
			({"start_on": "2026-12-02 08:00:00", "end_on": "2026-12-01 08:00:00"}, ("Ends On", "Starts On")),
			(
				{"send_windows": [{"weekday": "Monday", "from_time": "17:00:00", "to_time": "08:00:00"}]},
				("Row 1", "Allowed Times"),
			),
			(
				{
					"send_windows": [
						{"weekday": "Monday", "from_time": "08:00:00", "to_time": "12:00:00"},
						{"weekday": "Monday", "from_time": "11:00:00", "to_time": "13:00:00"},
					]
				},
				("Rows 1 and 2", "Monday"),
			),
		]
		for values, words in cases:
			with self.subTest(values=values), self.refused(*words):
				self.campaign(**values).insert()

	def test_batches_may_be_anything_that_is_allowed(self) -> None:
		for size in (1, 100):
			self.assertEqual(
				self.campaign(batch_size=size, batch_interval_minutes=60).insert().batch_size, size
			)

	def test_results_are_not_typed(self) -> None:
		document = self.campaign(sent=99, revenue=1e6).insert()
		self.assertEqual((document.sent, document.revenue), (0, 0))
		document.delivered = 5
		document.save()
		self.assertEqual(document.delivered, 0)

	def test_a_campaign_by_hand_runs_through_its_life(self) -> None:
		document = self.campaign(channel="Event").insert()
		for action, status in (
			("Request Approval", "Pending Approval"),
			("Approve", "Approved"),
			("Start", "Running"),
		):
			document = move(document, action)
			self.assertEqual(document.status, status)
		with self.refused("Pause Reason"):
			move(document, "Pause")
		document = frappe.get_doc("Sky Campaign", document.name)
		document.pause_reason = "The hall is closed"
		document.save()
		document = move(document, "Pause")
		self.assertEqual(document.status, "Paused")
		document = move(document, "Resume")
		self.assertIsNone(document.pause_reason)
		self.assertEqual(move(document, "Complete").status, "Completed")

	def test_a_campaign_by_mail_is_not_started_by_a_button(self) -> None:
		document = move(move(self.campaign(channel="Email").insert(), "Request Approval"), "Approve")
		actions = {row["action"] for row in frappe.model.workflow.get_transitions(document)}
		self.assertEqual(actions, {"Send Back", "Cancel"})

	def test_a_marketing_user_asks_and_a_marketing_manager_approves(self) -> None:
		frappe.set_user(only("family-mkt@example.com", "Sky Marketing User"))
		document = move(self.campaign().insert(), "Request Approval")
		with self.assertRaises(frappe.ValidationError):
			move(document, "Approve")
		frappe.set_user(only("family-mktm@example.com", "Sky Marketing Manager"))
		self.assertEqual(move(frappe.get_doc("Sky Campaign", document.name), "Approve").status, "Approved")

	def test_an_address_is_in_a_campaign_once(self) -> None:
		campaign = self.campaign().insert().name
		first = make("Sky Campaign Recipient", campaign=campaign, address=" Binh@Example.com ")
		self.assertEqual(first.address, "binh@example.com")
		with self.refused("binh@example.com", "already", exc=frappe.DuplicateEntryError):
			make("Sky Campaign Recipient", campaign=campaign, address="BINH@example.com")
		# And whoever goes round the controller meets the table's own rule.
		with self.assertRaises(IntegrityError):
			frappe.db.bulk_insert(
				"Sky Campaign Recipient",
				["name", "campaign", "address", "status"],
				[("sky-family-second", campaign, "binh@example.com", "Queued")],
			)
		other = self.campaign(campaign_name="Other").insert().name
		self.assertTrue(make("Sky Campaign Recipient", campaign=other, address="binh@example.com").name)

	def test_an_address_must_suit_the_channel(self) -> None:
		by_mail = self.campaign().insert().name
		with self.refused("Address"):
			make("Sky Campaign Recipient", campaign=by_mail, address="0912345678")
		by_phone = self.campaign(channel="SMS").insert().name
		self.assertEqual(
			make("Sky Campaign Recipient", campaign=by_phone, address="0912 345 678").address, "+84912345678"
		)

	def test_a_suppressed_address_is_kept_once_per_channel(self) -> None:
		first = make("Sky Suppression", channel="Email", address="Chi@Example.com")
		self.assertEqual((first.address, first.reason), ("chi@example.com", "Manual"))
		with self.refused("already", exc=frappe.DuplicateEntryError):
			make("Sky Suppression", channel="Email", address="chi@example.com")
		self.assertTrue(make("Sky Suppression", channel="Zalo", address="chi@example.com").name)


class TestSegment(FamiliesTestCase):
	def segment(self, **values: Any):
		return frappe.get_doc({"doctype": "Sky Segment", "segment_name": "Family Audience", **values})

	def row(self, **values: Any) -> dict:
		return {
			"document_type": "Sky Lead",
			"field_name": "city",
			"operator": "=",
			"value": "Hà Nội",
			**values,
		}

	def test_it_keeps_filters_members_and_exclusions(self) -> None:
		document = self.segment(
			filters=[self.row(), self.row(field_name="status", operator="in", value="New, Contacted")]
		)
		self.assertEqual(len(document.insert().filters), 2)

	def test_filters_are_checked(self) -> None:
		cases = [
			(self.row(field_name="no_such_field"), ("Sky Lead", "no_such_field")),
			(self.row(field_name="items"), ("items",)),
			(self.row(value=""), ("value is missing",)),
			(self.row(field_name="score", value="high"), ("high", "not a number")),
			(self.row(operator="is", value="full"), ("set",)),
			(self.row(document_type="Supplier"), ("Supplier", "not known")),
		]
		for row, words in cases:
			with self.subTest(row=row), self.refused(*words):
				self.segment(filters=[row]).insert()

	def test_rows_are_not_repeated_and_nobody_is_in_and_out(self) -> None:
		customer = frappe.get_all("Customer", limit=1, pluck="name") or [
			make("Customer", customer_name="Family Customer").name
		]
		member = {"party_type": "Customer", "party": customer[0]}
		with self.refused("repeats row 1"):
			self.segment(members=[member, dict(member)]).insert()
		with self.refused(customer[0], "Always Included", "Always Left Out"):
			self.segment(members=[member], exclusions=[dict(member)]).insert()


class TestIssue(FamiliesTestCase):
	def issue(self, **values: Any):
		return frappe.get_doc({"doctype": "Sky Issue", "subject": "Máy in kẹt giấy", **values})

	def test_it_is_numbered_and_opens(self) -> None:
		document = self.issue().insert()
		self.assertRegex(document.name, r"^SKY-ISS-\d{4}-\d{5}$")
		self.assertEqual((document.status, document.channel), ("Open", "Desk"))

	def test_a_rating_is_from_one_to_five(self) -> None:
		self.assertEqual(self.issue(rating=5).insert().rating, 5)
		self.assertEqual(self.issue(rating=0).insert().rating, 0)
		with self.refused("Rating", "1", "5"):
			self.issue(rating=6).insert()

	def test_it_is_resolved_with_a_word_on_how(self) -> None:
		document = self.issue().insert()
		with self.refused("Resolution"):
			move(document, "Resolve")
		document = frappe.get_doc("Sky Issue", document.name)
		document.resolution = "<p>Thay trục kéo giấy</p>"
		document.save()
		document = move(document, "Resolve")
		self.assertEqual(document.status, "Resolved")
		self.assertEqual(move(document, "Close").status, "Closed")

	def test_a_status_that_skips_the_workflow_is_refused(self) -> None:
		document = self.issue().insert()
		document.status = "Closed"
		document.save()
		document.status = "Replied"
		with self.assertRaises(frappe.ValidationError):
			document.save()
		self.assertEqual(frappe.db.get_value("Sky Issue", document.name, "status"), "Closed")

	def test_a_document_needs_its_type(self) -> None:
		with self.refused("Document Type"):
			self.issue(reference_name="SAL-ORD-1").insert()

	def test_mail_can_be_attached_to_it(self) -> None:
		meta = frappe.get_meta("Sky Issue")
		self.assertEqual(
			(meta.email_append_to, meta.sender_field, meta.subject_field), (1, "raised_by", "subject")
		)
		append_to = frappe.get_all("DocType", filters={"email_append_to": 1}, pluck="name")
		self.assertIn("Sky Issue", append_to)

	def test_an_agreement_has_every_field_that_erpnext_writes(self) -> None:
		from erpnext.support.doctype.service_level_agreement.service_level_agreement import (
			get_service_level_agreement_fields,
		)

		meta = frappe.get_meta("Sky Issue")
		for field in get_service_level_agreement_fields():
			self.assertTrue(meta.has_field(field["fieldname"]), field["fieldname"])

	def test_an_agreement_of_erpnext_sets_times_and_measures_the_answer(self) -> None:
		frappe.db.set_single_value("Support Settings", "track_service_level_agreement", 1)
		for priority in ("Family Low", "Family High"):
			make("Issue Priority", name=priority)
		holidays = make(
			"Holiday List", holiday_list_name="Family Holidays", from_date="2026-01-01", to_date="2027-12-31"
		).name
		agreement = make(
			"Service Level Agreement",
			document_type="Sky Issue",
			service_level="Family Level",
			default_service_level_agreement=1,
			enabled=1,
			apply_sla_for_resolution=1,
			holiday_list=holidays,
			priorities=[
				{
					"priority": "Family Low",
					"response_time": 7200,
					"resolution_time": 86400,
					"default_priority": 1,
				},
				{"priority": "Family High", "response_time": 3600, "resolution_time": 7200},
			],
			sla_fulfilled_on=[{"status": "Resolved"}, {"status": "Closed"}],
			pause_sla_on=[{"status": "On Hold"}],
			support_and_resolution=[
				{"workday": day, "start_time": "00:00:00", "end_time": "23:59:59"}
				for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
			],
		)
		self.addCleanup(lambda: frappe.cache.delete_value("doctypes_with_active_sla"))
		document = self.issue().insert()
		self.assertEqual(
			(document.service_level_agreement, document.priority), (agreement.name, "Family Low")
		)
		self.assertEqual(document.agreement_status, "First Response Due")
		self.assertLess(document.response_by, document.sla_resolution_by)
		document.resolution = "Xong"
		document.save()
		document = move(document, "Resolve")
		self.assertEqual(document.agreement_status, "Fulfilled")
		self.assertTrue(document.first_responded_on)
		self.assertFalse(frappe.db.exists("Custom Field", {"dt": "Sky Issue"}))


class TestSharingRule(FamiliesTestCase):
	def rule(self, **values: Any):
		defaults = {
			"document_type": "Sky Lead",
			"share_from_type": "User",
			"share_from": "Administrator",
			"share_to_type": "Role",
			"share_to": "Sky Sales User",
		}
		return frappe.get_doc({"doctype": "Sky Sharing Rule", **defaults, **values})

	def test_it_names_itself(self) -> None:
		document = self.rule().insert()
		self.assertEqual((document.access, document.enabled), ("Read", 1))
		self.assertIn("Administrator", document.title)

	def test_it_is_about_our_records_and_two_parties(self) -> None:
		with self.refused("Sales Invoice"):
			self.rule(document_type="Sales Invoice").insert()
		with self.refused("Sky Lead Item", exc=frappe.ValidationError):
			self.rule(document_type="Sky Lead Item").insert()
		with self.refused("same"):
			self.rule(share_to_type="User", share_to="Administrator").insert()
		with self.refused("no_field"):
			self.rule(filters=[{"field_name": "no_field", "operator": "=", "value": "1"}]).insert()


class TestRights(FamiliesTestCase):
	# role -> DocType -> what it may do; everything else of the list is refused
	EXPECTED = {
		"Sky Sales User": {
			"Sky Price List": "r",
			"Sky Campaign": "r",
			"Sky Issue": "",
			"Sky Segment": "",
			"Sky Sharing Rule": "",
		},
		"Sky Sales Manager": {
			"Sky Price List": "rwcd",
			"Sky Campaign": "r",
			"Sky Customer Tier": "rwcd",
			"Sky Sharing Rule": "",
		},
		"Sky Marketing User": {
			"Sky Campaign": "rwc",
			"Sky Segment": "rwc",
			"Sky Campaign Recipient": "r",
			"Sky Suppression": "rc",
			"Sky Price List": "r",
			"Sky Issue": "",
		},
		"Sky Marketing Manager": {"Sky Campaign": "rwcd", "Sky Segment": "rwcd", "Sky Suppression": "rwcd"},
		"Sky Support Agent": {"Sky Issue": "rwc", "Sky Campaign": "", "Sky Price List": ""},
		"Sky Support Manager": {"Sky Issue": "rwcd"},
		"Sky CRM Admin": {
			doctype: "rwcd"
			for doctype in (
				"Sky Price List",
				"Sky Campaign",
				"Sky Segment",
				"Sky Issue",
				"Sky Sharing Rule",
				"Sky Customer Tier",
			)
		},
	}
	RIGHTS = {"r": "read", "w": "write", "c": "create", "d": "delete"}

	def test_each_role_may_do_what_its_job_needs(self) -> None:
		for role, doctypes in self.EXPECTED.items():
			email = only(f"family-{frappe.scrub(role)}@example.com", role)
			for doctype, allowed in doctypes.items():
				for letter, right in self.RIGHTS.items():
					with self.subTest(role=role, doctype=doctype, right=right):
						self.assertEqual(
							bool(frappe.has_permission(doctype, right, user=email)), letter in allowed
						)

	def test_only_managers_export(self) -> None:
		for role, doctype, expected in (
			("Sky Marketing User", "Sky Campaign", False),
			("Sky Marketing Manager", "Sky Campaign", True),
			("Sky Support Agent", "Sky Issue", False),
			("Sky Support Manager", "Sky Issue", True),
		):
			email = only(f"family-{frappe.scrub(role)}@example.com", role)
			self.assertEqual(bool(frappe.has_permission(doctype, "export", user=email)), expected, role)


class TestLinks(FamiliesTestCase):
	"""People fill in forms: what a form asks for, they must be able to choose."""

	JOBS = {
		"Sky Sales": ("Sky Lead", "Sky Opportunity"),
		"Sky Sales Management": ("Sky Lead", "Sky Opportunity", "Sky Price List", "Sky Customer Tier"),
		"Sky Marketing": ("Sky Campaign", "Sky Segment", "Sky Suppression"),
		"Sky Marketing Management": ("Sky Campaign", "Sky Segment", "Sky Suppression"),
		"Sky Support": ("Sky Issue",),
		"Sky Support Management": ("Sky Issue",),
		"Sky CRM Administration": (
			"Sky Price List",
			"Sky Campaign",
			"Sky Issue",
			"Sky Sharing Rule",
			"Sky Team",
		),
	}

	def links(self, doctype: str):
		for field in frappe.get_meta(doctype).fields:
			if field.fieldtype in ("Link", "Table MultiSelect") and not (field.read_only or field.hidden):
				yield doctype, field.fieldname, field.options
			elif field.fieldtype == "Table":
				yield from self.links(field.options)

	def test_each_job_can_choose_in_every_link_of_its_forms(self) -> None:
		from frappe.desk.search import search_link

		for profile, doctypes in self.JOBS.items():
			roles = frappe.get_all(
				"Has Role", filters={"parenttype": "Role Profile", "parent": profile}, pluck="role"
			)
			self.assertTrue(roles, profile)
			frappe.set_user("Administrator")
			email = only(f"family-job-{frappe.scrub(profile)}@example.com", *roles)
			frappe.set_user(email)
			for doctype in doctypes:
				for owner, field, target in self.links(doctype):
					with self.subTest(profile=profile, doctype=owner, field=field, target=target):
						search_link(target, "", reference_doctype=owner)

	def test_choosing_a_unit_is_not_reading_it(self) -> None:
		email = only("family-sky-sales-user@example.com", "Sky Sales User")
		self.assertTrue(frappe.has_permission("UOM", "select", user=email))
		self.assertFalse(frappe.has_permission("UOM", "write", user=email))
		self.assertFalse(frappe.has_permission("UOM", "read", user=email))

	def test_rights_of_others_are_as_before_and_come_back_whole(self) -> None:
		from skycrm.setup import link_rights

		# The framework keeps rights in its cache, which no rollback empties.
		self.addCleanup(lambda: [frappe.clear_cache(doctype=doctype) for doctype in link_rights.granted()])
		link_rights.grant()
		for doctype in link_rights.granted():
			standard = link_rights._rows("DocPerm", doctype)
			self.assertLessEqual(set(standard), set(link_rights._rows("Custom DocPerm", doctype)))
		before = link_rights._rows("Custom DocPerm", "UOM")
		link_rights.grant()
		self.assertEqual(link_rights._rows("Custom DocPerm", "UOM"), before)
		link_rights.remove()
		for doctype in link_rights.granted():
			self.assertEqual(link_rights._rows("Custom DocPerm", doctype), [])


class TestTables(FamiliesTestCase):
	def test_indexes_that_lists_and_promises_rest_on(self) -> None:
		for doctype, columns, unique in (
			("Sky Campaign Recipient", ["campaign", "address"], True),
			("Sky Campaign Recipient", ["campaign", "status"], False),
			("Sky Suppression", ["channel", "address"], True),
			("Sky Issue", ["status", "priority"], False),
			("Sky Sharing Rule", ["enabled", "document_type"], False),
		):
			with self.subTest(doctype=doctype, columns=columns):
				self.assertIn((columns, unique), self.indexes(doctype))

	def indexes(self, doctype: str) -> list[tuple[list[str], bool]]:
		rows = frappe.db.sql(f"show index from `tab{doctype}`", as_dict=True)
		found: dict[str, tuple[list[str], bool]] = {}
		for row in sorted(rows, key=lambda row: (row.Key_name, row.Seq_in_index)):
			columns, _unique = found.setdefault(row.Key_name, ([], not row.Non_unique))
			columns.append(row.Column_name)
		return list(found.values())
