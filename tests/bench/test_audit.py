"""Who opened, printed, shared, handed over, deleted what, and in whose name: over HTTP, and nothing for what was refused."""

import json
import re

import access_records
import factories
import people
import pytest
from audit_records import Ledger, forget_views, report, settings
from rest_client import RestClient
from sql_log import recorded

import frappe

from skycrm.domain.audit import LEAST_DAYS
from skycrm.services import audit, audit_report
from skycrm.skycrm.doctype.sky_audit_log.sky_audit_log import SkyAuditLog

pytestmark = pytest.mark.commits

SELLER = "audit-seller@example.com"
OTHER = "audit-other@example.com"
BOSS = "audit-boss@example.com"
ADMIN = "audit-admin@example.com"
LOG = audit.LOG


@pytest.fixture(scope="module")
def firm():
	people.only(SELLER, "Sky Sales User")
	people.only(OTHER, "Sky Sales User")
	people.only(BOSS, "Sky Sales Manager")
	people.only(ADMIN, "Sky CRM Admin")
	frappe.db.commit()


@pytest.fixture
def lead(firm):
	doc = factories.make_lead(lead_owner=SELLER)
	frappe.db.commit()
	yield doc
	frappe.set_user("Administrator")
	frappe.db.rollback()
	for row in frappe.get_all("DocShare", {"share_name": doc.name}, pluck="name"):
		frappe.delete_doc("DocShare", row, ignore_permissions=True, force=True)
	frappe.delete_doc("Sky Lead", doc.name, force=True, ignore_missing=True)
	frappe.db.commit()


@pytest.fixture
def ledger(lead):
	return Ledger()


@pytest.fixture
def views(ledger):
	with settings(recorded_views=["Sky Lead"]):
		forget_views()
		ledger.__init__()
		yield
	forget_views()


def get_form(client, name):
	return client.get(
		"/api/method/frappe.desk.form.load.getdoc", params={"doctype": "Sky Lead", "name": name}
	)


OPENINGS = {
	"desk form": (get_form, "Form"),
	"REST": (lambda client, name: client.get(client.resource("Sky Lead", name)), "API"),
	"REST with version": (lambda client, name: client.get(f"/api/v1/resource/Sky Lead/{name}"), "API"),
	"REST of version 2": (lambda client, name: client.get(f"/api/v2/document/Sky Lead/{name}"), "API"),
	"client.get": (
		lambda client, name: client.call("frappe.client.get", doctype="Sky Lead", name=name),
		"API",
	),
	"client.get by GET": (
		lambda client, name: client.get(
			"/api/method/frappe.client.get", params={"doctype": "Sky Lead", "name": name}
		),
		"API",
	),
	"client.get of version 2": (
		lambda client, name: client.get(
			"/api/v2/method/frappe.client.get", params={"doctype": "Sky Lead", "name": name}
		),
		"API",
	),
	"client.get by filter": (
		lambda client, name: client.call("frappe.client.get", doctype="Sky Lead", filters={"name": name}),
		"API",
	),
}


class TestViews:
	@pytest.mark.parametrize("way", OPENINGS)
	def test_every_way_to_one_record_is_written_once(self, rest_as, lead, ledger, views, way):
		opened, channel = OPENINGS[way]
		client = rest_as(SELLER)
		for _again in range(2):
			response = opened(client, lead.name)
			assert response.status_code == 200, response.text[:500]
		line = ledger.one(action="Viewed")
		assert (line.user, line.document_type, line.document_name, line.channel) == (
			SELLER,
			"Sky Lead",
			lead.name,
			channel,
		)
		assert line.impersonated_by is None

	def test_another_person_and_another_time_are_other_lines(self, rest_as, lead, ledger, views):
		get_form(rest_as(SELLER), lead.name)
		get_form(rest_as(ADMIN), lead.name)
		forget_views()
		get_form(rest_as(SELLER), lead.name)
		assert sorted(line.user for line in ledger.lines(action="Viewed")) == [ADMIN, SELLER, SELLER]

	def test_lists_and_saves_are_no_openings(self, rest_as, lead, ledger, views):
		client = rest_as(SELLER)
		client.get(client.resource("Sky Lead"), params={"filters": json.dumps([["name", "=", lead.name]])})
		client.put(client.resource("Sky Lead", lead.name), json={"job_title": "Trưởng phòng"})
		client.get("/api/v2/document/Sky Lead")
		assert ledger.lines(action="Viewed") == []

	def test_what_was_refused_was_not_opened(self, rest_as, lead, ledger, views):
		for user in (OTHER, "Guest"):
			assert not get_form(rest_as(user), lead.name).json().get("docs")
			assert rest_as(user).get(f"/api/resource/Sky Lead/{lead.name}").status_code == 403
		# What there is not is refused as what one may not see is.
		assert not get_form(rest_as(SELLER), "Không có").json().get("docs")
		assert ledger.lines(action="Viewed") == []

	def test_only_what_the_settings_name(self, rest_as, lead, ledger):
		assert get_form(rest_as(SELLER), lead.name).status_code == 200
		assert ledger.lines(action="Viewed") == []

	def test_of_other_apps_too_if_named(self, rest_as, ledger):
		with settings(recorded_views=["Customer"]):
			customer = access_records.customer()
			frappe.db.commit()
			rest_as("Administrator").get(f"/api/resource/Customer/{customer}")
			assert ledger.one(action="Viewed").document_name == customer
			frappe.delete_doc("Customer", customer, force=True)
			frappe.db.commit()

	def test_what_nobody_opens_cannot_be_named(self):
		doc = frappe.get_doc("Sky CRM Settings")
		doc.append("recorded_views", {"document_type": "Sky CRM Settings"})
		with pytest.raises(frappe.ValidationError, match="no records that somebody could open"):
			doc.save()


PRINTS = {
	"print view": (
		lambda client, name: client.get("/printview", params={"doctype": "Sky Lead", "name": name}),
		"Print View",
	),
	"print view of the desk": (
		lambda client, name: client.call(
			"frappe.www.printview.get_html_and_style", doc="Sky Lead", name=name
		),
		"Print View",
	),
}


class TestPrints:
	@pytest.mark.parametrize("way", PRINTS)
	def test_a_print_is_written_once_in_a_while(self, rest_as, lead, ledger, way):
		forget_views()
		opened, channel = PRINTS[way]
		for _again in range(2):
			response = opened(rest_as(SELLER), lead.name)
			assert response.status_code == 200, response.text[:500]
		line = ledger.one(action="Printed")
		assert (line.user, line.document_name, line.channel) == (SELLER, lead.name, channel)

	def test_a_pdf_is_written_every_time(self, rest_as, lead, ledger):
		for _again in range(2):
			response = rest_as(SELLER).get(
				"/api/method/frappe.utils.print_format.download_pdf",
				params={"doctype": "Sky Lead", "name": lead.name},
			)
			assert response.status_code == 200 and response.content[:4] == b"%PDF", response.text[:500]
		assert [(line.channel, line.file_type) for line in ledger.lines(action="Printed")] == [
			("Download", "PDF")
		] * 2

	def test_many_in_one_pdf_are_one_line(self, rest_as, lead, ledger):
		second = factories.make_lead(lead_owner=SELLER)
		frappe.db.commit()
		response = rest_as(SELLER).get(
			"/api/method/frappe.utils.print_format.download_multi_pdf",
			params={"doctype": "Sky Lead", "name": json.dumps([lead.name, second.name])},
		)
		assert response.status_code == 200, response.text[:500]
		line = ledger.one(action="Printed")
		assert line.row_count == 2 and line.names.split("\n") == [lead.name, second.name]
		frappe.delete_doc("Sky Lead", second.name, force=True)
		frappe.db.commit()

	def test_others_print_nothing(self, rest_as, lead, ledger):
		for user in (OTHER, "Guest"):
			response = rest_as(user).get(
				"/api/method/frappe.utils.print_format.download_pdf",
				params={"doctype": "Sky Lead", "name": lead.name},
			)
			assert response.status_code == 403
		assert ledger.lines(action="Printed") == []

	def test_a_mailed_print_is_written_when_it_is_queued(self, lead, ledger):
		queue = frappe.get_doc(
			{
				"doctype": "Email Queue",
				"sender": SELLER,
				"message": "Kính gửi",
				"attachments": json.dumps(
					[
						{
							"print_format_attachment": 1,
							"doctype": "Sky Lead",
							"name": lead.name,
							"print_format": "Sky Lead",
						}
					]
				),
				"recipients": [{"recipient": "khach@example.com"}],
			}
		).insert(ignore_permissions=True)
		frappe.db.commit()
		line = ledger.one(action="Printed")
		assert (line.channel, line.document_name, line.details["recipients"]) == ("Email", lead.name, 1)
		assert "khach@example.com" not in json.dumps(line), "no address is kept"
		frappe.delete_doc("Email Queue", queue.name, force=True)
		frappe.db.commit()


class TestSharing:
	def test_shared_and_taken_back(self, rest_as, lead, ledger):
		client = rest_as(SELLER)
		client.message("frappe.share.add", doctype="Sky Lead", name=lead.name, user=OTHER, read=1, write=1)
		line = ledger.one(action="Shared by Hand")
		assert (line.user, line.document_name) == (SELLER, lead.name)
		assert line.details == {"with": OTHER, "rights": ["read", "write"]}
		client.message(
			"frappe.share.set_permission",
			doctype="Sky Lead",
			name=lead.name,
			user=OTHER,
			permission_to="read",
			value=0,
		)
		assert ledger.one(action="Share Taken Back").details["with"] == OTHER

	def test_everybody(self, rest_as, lead, ledger):
		rest_as(SELLER).message("frappe.share.add", doctype="Sky Lead", name=lead.name, everyone=1)
		assert ledger.one(action="Shared by Hand").details == {"with": "", "rights": ["read"]}

	def test_who_may_not_share_writes_nothing(self, rest_as, lead, ledger):
		response = rest_as(OTHER).call("frappe.share.add", doctype="Sky Lead", name=lead.name, user=OTHER)
		assert response.status_code == 403
		assert ledger.lines() == []


def handed_over(lead) -> dict:
	return {"field": "lead_owner", "before": SELLER, "after": OTHER}


class TestOwners:
	@pytest.mark.parametrize("way", ["PUT", "set_value", "bulk_update", "hand on"])
	def test_every_way_to_another_owner(self, rest_as, lead, ledger, way):
		client = rest_as(BOSS)
		frappe.share.add_docshare(
			"Sky Lead", lead.name, BOSS, write=1, flags={"ignore_share_permission": True}
		)
		frappe.db.commit()
		response = {
			"PUT": lambda: client.put(client.resource("Sky Lead", lead.name), json={"lead_owner": OTHER}),
			"set_value": lambda: client.call(
				"frappe.client.set_value",
				doctype="Sky Lead",
				name=lead.name,
				fieldname="lead_owner",
				value=OTHER,
			),
			"bulk_update": lambda: client.call(
				"frappe.desk.doctype.bulk_update.bulk_update.submit_cancel_or_update_docs",
				doctype="Sky Lead",
				docnames=json.dumps([lead.name]),
				action="update",
				data=json.dumps({"lead_owner": OTHER}),
			),
			"hand on": lambda: client.call("assignment.hand_on", lead=lead.name, user=OTHER),
		}[way]()
		assert response.status_code == 200, response.text[:800]
		line = ledger.one(action="Owner Changed")
		assert (line.user, line.document_name) == (BOSS, lead.name)
		assert handed_over(lead) in line.details["fields"]

	def test_who_may_not_changes_nothing(self, rest_as, lead, ledger):
		for user in (OTHER, "Guest"):
			client = rest_as(user)
			assert client.put(
				client.resource("Sky Lead", lead.name), json={"lead_owner": OTHER}
			).status_code in (403, 401)
		assert ledger.lines() == []

	def test_a_refused_save_leaves_no_line(self, rest_as, lead, ledger):
		client = rest_as(SELLER)
		response = client.put(
			client.resource("Sky Lead", lead.name), json={"lead_owner": OTHER, "mobile_no": "không phải số"}
		)
		assert response.status_code == 417
		assert ledger.lines() == []

	def test_an_ordinary_save_and_an_insert_ask_the_log_nothing(self, lead):
		lead.reload()
		lead.job_title = "Giám đốc"
		with recorded() as seen:
			lead.save()
			factories.make_lead()
		assert not [one for one in seen if "Audit Log" in one]
		frappe.db.rollback()

	def test_set_based_changes_are_lines_too(self, lead, ledger):
		with recorded() as seen:
			audit.note_owners("Sky Lead", "lead_owner", {lead.name: (SELLER, None), "other": (None, "")})
		assert len([one for one in seen if "Audit Log" in one]) == 1
		frappe.db.commit()
		assert ledger.one(action="Owner Changed").details["fields"] == [
			{"field": "lead_owner", "before": SELLER, "after": ""}
		]


class TestDeleting:
	def test_one(self, rest_as, lead, ledger):
		client = rest_as(ADMIN)
		assert client.delete(client.resource("Sky Lead", lead.name)).status_code == 202
		line = ledger.one(action="Deleted", document_type="Sky Lead")
		assert (line.user, line.document_name, line.row_count, line.names) == (ADMIN, lead.name, 1, None)

	def test_a_bulk_is_one_line_with_all_names(self, rest_as, lead, ledger):
		names = [lead.name, *(factories.make_lead().name for _number in range(5))]
		frappe.db.commit()
		rest_as(ADMIN).message(
			"frappe.desk.reportview.delete_items", doctype="Sky Lead", items=json.dumps(names)
		)
		line = ledger.one(action="Deleted", document_type="Sky Lead")
		assert line.row_count == 6 and set(line.names.split("\n")) == set(names)
		[shown] = [row for row in report(record=names[3], action="Deleted") if row["name"] == line.name]
		assert shown["sentence"] == "Deleted 6 records of Sky Lead"

	def test_refused_deletes_are_not_counted(self, rest_as, lead, ledger):
		"""A lead that a document points to stays, and the others of the bulk go."""
		others = [factories.make_lead().name for _number in range(2)]
		opportunity = access_records.opportunity(lead=lead.name)
		frappe.db.commit()
		rest_as(ADMIN).call(
			"frappe.desk.reportview.delete_items",
			doctype="Sky Lead",
			items=json.dumps([*others, lead.name]),
		)
		left = frappe.db.exists("Sky Lead", lead.name)
		line = ledger.one(action="Deleted", document_type="Sky Lead")
		assert line.row_count == (2 if left else 3)
		assert (lead.name in line.names.split("\n")) is not bool(left)
		frappe.delete_doc("Sky Opportunity", opportunity.name, force=True)
		frappe.db.commit()

	def test_who_may_not_deletes_nothing(self, rest_as, lead, ledger):
		for user in (OTHER, "Guest"):
			assert rest_as(user).delete(f"/api/resource/Sky Lead/{lead.name}").status_code == 403
		rest_as(OTHER).call(
			"frappe.desk.reportview.delete_items", doctype="Sky Lead", items=json.dumps([lead.name])
		)
		assert ledger.lines() == [] and frappe.db.exists("Sky Lead", lead.name)


def signed_in_as(rest_as, site, user: str) -> RestClient:
	"""A session of Administrator that has become somebody else, as the button on the form of a user does it."""
	import os

	client = RestClient(site.port, site.name)
	assert client.sign_in("Administrator", os.environ["SKYCRM_ADMIN_PASSWORD"]).status_code == 200
	client.headers["X-Frappe-CSRF-Token"] = csrf_token(client)
	client.message("frappe.core.doctype.user.user.impersonate", user=user, reason="Khách báo lỗi")
	client.headers["X-Frappe-CSRF-Token"] = csrf_token(client)
	return client


def csrf_token(client: RestClient) -> str:
	page = client.get("/app", headers={"Accept": "text/html"}).text
	return re.search(r'csrf_token = "([^"]+)"', page)[1]


class TestSigningInAsSomebodyElse:
	def test_it_is_written_and_so_is_what_follows_with_both_names(self, rest_as, site, lead, ledger, views):
		client = signed_in_as(rest_as, site, SELLER)
		line = ledger.one(action="Signed In As")
		assert (line.user, line.document_name, line.details["reason"]) == (
			"Administrator",
			SELLER,
			"Khách báo lỗi",
		)
		get_form(client, lead.name)
		made = client.post(client.resource("Sky Lead"), json={"lead_name": "Khách mới", "source": "Website"})
		assert made.status_code == 200, made.text[:500]
		name = made.json()["data"]["name"]
		client.put(client.resource("Sky Lead", lead.name), json={"lead_owner": OTHER})
		client.get(
			"/api/method/frappe.utils.print_format.download_pdf",
			params={"doctype": "Sky Lead", "name": name},
		)
		for action in ("Viewed", "Owner Changed", "Printed"):
			line = ledger.one(action=action)
			assert (line.user, line.impersonated_by) == (SELLER, "Administrator"), action
		written = ledger.lines(action="Written As", document_type="Sky Lead")
		assert {(line.channel, line.document_name) for line in written} == {
			("Made", name),
			("Changed", lead.name),
		}
		assert all(line.impersonated_by == "Administrator" for line in written)
		version = frappe.get_all(
			"Version", {"docname": lead.name}, pluck="data", order_by="creation desc", limit=1
		)[0]
		assert json.loads(version)["impersonated_by"] == "Administrator", "the framework says it too"
		shown = next(row for row in report(action="Owner Changed", record=lead.name))
		assert "in truth Administrator" in shown["who"]
		frappe.delete_doc("Sky Lead", name, force=True)
		frappe.db.commit()

	def test_nobody_but_administrator_can(self, rest_as, ledger):
		for user in (SELLER, ADMIN, "Guest"):
			response = rest_as(user).call("frappe.core.doctype.user.user.impersonate", user=OTHER, reason="x")
			assert response.status_code == 403
		assert ledger.lines(action="Signed In As") == []


@pytest.fixture
def line(ledger, lead):
	name = audit.write(audit.Action.VIEWED, "Sky Lead", lead.name)
	frappe.db.commit()
	return name


class TestNobodyTouchesTheLog:
	@pytest.mark.parametrize("user", ["Administrator", ADMIN, SELLER])
	def test_over_any_route(self, rest_as, line, user):
		client = rest_as(user)
		before = frappe.db.get_value(LOG, line, "*", as_dict=True)
		sent = json.loads(frappe.as_json({**before, "doctype": LOG, "user": "x"}))
		count = frappe.db.count(LOG)
		path = client.resource(LOG, line)
		new = {"doctype": LOG, "action": "Viewed", "user": "x"}
		tried = [
			client.post(client.resource(LOG), json={"action": "Viewed", "user": "x"}),
			client.put(path, json={"user": "x"}),
			client.delete(path),
			client.put(f"/api/v2/document/{LOG}/{line}", json={"user": "x"}),
			client.delete(f"/api/v2/document/{LOG}/{line}"),
			client.post(f"/api/v2/document/{LOG}/", json={"action": "Viewed"}),
			client.call("frappe.client.insert", doc=new),
			client.call("frappe.client.insert_many", docs=[new]),
			client.call("frappe.client.save", doc=sent),
			client.call("frappe.client.set_value", doctype=LOG, name=line, fieldname="user", value="x"),
			client.call("frappe.client.delete", doctype=LOG, name=line),
			client.call("frappe.client.rename_doc", doctype=LOG, old_name=line, new_name="andere", merge=0),
			client.call(
				"frappe.model.rename_doc.update_document_title", doctype=LOG, docname=line, name="andere"
			),
			client.call(
				"frappe.desk.form.save.savedocs",
				doc=json.dumps(sent),
				action="Save",
			),
		]
		assert [(one.url, one.text) for one in tried if one.status_code < 400] == []
		client.call("frappe.desk.reportview.delete_items", doctype=LOG, items=json.dumps([line]))
		client.call(
			"frappe.desk.doctype.bulk_update.bulk_update.submit_cancel_or_update_docs",
			doctype=LOG,
			docnames=json.dumps([line]),
			action="update",
			data=json.dumps({"user": "x"}),
		)
		frappe.db.rollback()
		assert frappe.db.get_value(LOG, line, "*", as_dict=True) == before
		assert frappe.db.count(LOG) == count

	def test_sellers_do_not_even_read_it(self, rest_as, line):
		for user in (SELLER, BOSS, "Guest"):
			client = rest_as(user)
			assert client.get(client.resource(LOG, line)).status_code == 403
			assert client.get(client.resource(LOG)).status_code == 403
		assert rest_as(ADMIN).get(f"/api/resource/{LOG}/{line}").status_code == 200

	def test_old_lines_go_and_none_before_the_least_time(self, line):
		names = {}
		for age in (LEAST_DAYS - 1, LEAST_DAYS + 1, 800):
			names[age] = audit.write(audit.Action.VIEWED, "Sky Lead", f"{age}")
			frappe.db.set_value(
				LOG,
				names[age],
				"creation",
				frappe.utils.add_days(frappe.utils.now(), -age),
				update_modified=False,
			)
		SkyAuditLog.clear_old_logs(days=730)
		assert {age for age, name in names.items() if frappe.db.exists(LOG, name)} == {
			LEAST_DAYS - 1,
			LEAST_DAYS + 1,
		}
		SkyAuditLog.clear_old_logs(days=1)
		assert {age for age, name in names.items() if frappe.db.exists(LOG, name)} == {LEAST_DAYS - 1}
		frappe.db.rollback()

	def test_the_frameworks_log_settings_know_it(self):
		doc = frappe.get_doc("Log Settings")
		doc.logs_to_clear = []
		doc.add_default_logtypes()
		assert {row.ref_doctype: row.days for row in doc.logs_to_clear}[LOG] == 730
		doc.remove_unsupported_doctypes()
		assert LOG in [row.ref_doctype for row in doc.logs_to_clear]


class TestReport:
	def test_a_line_says_what_was_done(self, lead, ledger):
		audit.write(
			audit.Action.EXPORTED,
			"Sky Lead",
			rows=1250,
			channel="List",
			file_type="Excel",
			details={"filters": json.dumps([["Sky Lead", "status", "=", "New"]])},
			user=SELLER,
		)
		[line] = report(user=SELLER, action="Exported", document_type="Sky Lead", limit=1)
		assert line["sentence"] == "Exported 1.250 Sky Lead from a list, as Excel"
		assert (line["who"], line["row_count"], line["filters"]) == ("audit-seller", 1250, "Status = New")
		frappe.local.lang = "vi"
		[line] = report(user=SELLER, action="Exported", document_type="Sky Lead", limit=1)
		assert line["sentence"] == "Xuất 1.250 Đầu mối từ danh sách ra Excel"
		frappe.db.rollback()

	def test_filters_and_period(self, lead, ledger):
		for number in range(3):
			audit.write(audit.Action.VIEWED, "Sky Lead", f"{lead.name}-{number}", user=OTHER)
		today = frappe.utils.today()
		about = {"user": OTHER, "action": "Viewed"}
		assert len(report(**about, from_date=today, to_date=today)) >= 3
		assert report(**about, to_date=frappe.utils.add_days(today, -1)) == []
		assert [row["document_name"] for row in report(**about, record=f"{lead.name}-1")] == [
			f"{lead.name}-1"
		]
		assert len(report(**about, limit=2)) == 2
		from skycrm.skycrm.report.access_audit.access_audit import execute

		assert "The newest 2 lines are shown" in execute({**about, "limit": 2})[2]
		frappe.db.rollback()

	def test_the_frameworks_own_logs_are_part_of_it(self, lead, ledger):
		from frappe.core.doctype.access_log.access_log import make_access_log

		make_access_log(doctype="Customer", document="Khách A", method="Print", file_type="PDF")
		make_access_log(report_name="Backup")
		make_access_log(doctype="Sky Lead", document=lead.name, method="Print")
		frappe.get_doc(
			{
				"doctype": "View Log",
				"viewed_by": OTHER,
				"reference_doctype": "Sky Lead",
				"reference_name": lead.name,
			}
		).insert(ignore_permissions=True)
		found = report(user="Administrator", from_date=frappe.utils.today())
		assert [row["sentence"] for row in found if row["document_name"] == "Khách A"] == [
			"Printed the record"
		]
		assert "Downloaded a backup of the site" in [row["sentence"] for row in found]
		new = [row for row in report(record=lead.name) if row["name"] not in ledger.before]
		# The CRM's own prints are in the CRM's own log.
		assert [(row["who"], row["action"], row["source"]) for row in new] == [
			("audit-other", "Viewed", "View Log")
		]
		frappe.db.rollback()

	def test_it_is_two_queries_on_indexes(self, lead):
		for number in range(50):
			audit.write(audit.Action.VIEWED, "Sky Lead", str(number))
		audit_report.rows(frappe._dict())
		with recorded() as seen:
			audit_report.rows(frappe._dict(document_type="Sky Lead", record="7"))
		assert len(seen) <= 4, seen
		plan = frappe.db.sql(
			"explain select * from `tabSky Audit Log` where `document_type` = 'Sky Lead' and `document_name` = '7' order by `creation` desc limit 10",
			as_dict=True,
		)
		assert plan[0].key
		frappe.db.rollback()

	def test_administrators_alone_may_run_it(self, rest_as, lead):
		arguments = {"report_name": "Access Audit", "filters": "{}"}
		for user in (SELLER, BOSS, "Guest"):
			assert rest_as(user).call("frappe.desk.query_report.run", **arguments).status_code == 403
		answer = rest_as(ADMIN).message("frappe.desk.query_report.run", **arguments)
		assert any(column["fieldname"] == "sentence" for column in answer["columns"])


class TestOurOwnWays:
	"""What this app changes past documents, or with several leads at once."""

	def test_claimed_and_given_back_by_time(self, rest_as, ledger):
		lead = factories.make_lead(lead_owner=None)
		frappe.db.set_value("Sky Lead", lead.name, {"lead_owner": None, "team": None})
		frappe.db.commit()
		from skycrm.services import claim_sweep, claims

		with access_records.acting_as(ADMIN):
			claims.claim(lead.name)
		frappe.db.set_value("Sky Lead", lead.name, "held_until", "2020-01-01 00:00:00")
		claim_sweep.return_expired()
		frappe.db.commit()
		said = [
			(one["before"], one["after"])
			for line in ledger.lines(action="Owner Changed", document_name=lead.name)
			for one in line.details["fields"]
			if one["field"] == "lead_owner"
		]
		assert said == [("", ADMIN), (ADMIN, "")]
		frappe.delete_doc("Sky Lead", lead.name, force=True)
		frappe.db.commit()

	def test_merged_leads_are_deleted_ones(self, rest_as, lead, ledger):
		other = factories.make_lead(lead_owner=SELLER)
		frappe.db.commit()
		answer = rest_as(ADMIN).call("leads.merge", primary=lead.name, duplicates=[other.name])
		assert answer.status_code == 200, answer.text[:500]
		line = ledger.one(action="Deleted", document_type="Sky Lead")
		assert (line.user, line.document_name, line.channel) == (ADMIN, other.name, "Merge")
