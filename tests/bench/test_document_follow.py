"""The framework's mail about followed records tells each follower what they may see, and nothing of what is hidden."""

import json

import access_records as make
import field_access_records as page
import pytest
from factories import make_item
from field_access_records import SELLER

import frappe
from frappe.desk.form import document_follow

from skycrm.overrides.scheduled_job_type import OURS, SkyScheduledJobType
from skycrm.permissions import facts

LEAD, DEAL, ITEM = "Sky Lead", "Sky Opportunity", "Sky Opportunity Item"
JOB = "frappe.desk.form.document_follow.send_hourly_updates"
NUMBER, OLD_JOB_TITLE, NEW_JOB_TITLE = "0912345987", "Kế toán", "Giám đốc mua hàng"
RATE = 7654321


@pytest.fixture(autouse=True)
def clean():
	yield
	make.clean_up()
	for doctype in (LEAD, DEAL, ITEM):
		frappe.clear_cache(doctype=doctype)


@pytest.fixture
def sent(monkeypatch):
	"""Mails as {address: what they say}, before they are rendered by the queue."""
	found: dict[str, str] = {}

	def sendmail(recipients, template, args, **_more):
		found["".join(recipients)] = frappe.render_template(f"templates/emails/{template}.html", args)

	monkeypatch.setattr(frappe, "sendmail", sendmail)
	return found


def follower(*records: tuple[str, str], roles: tuple[str, ...] = (SELLER,)) -> str:
	user = make.user(*roles, "Desk User", label="follow")
	frappe.db.set_value(
		"User",
		user,
		{"document_follow_notify": 1, "document_follow_frequency": "Hourly"},
	)
	for doctype, name in records:
		follow(user, doctype, name)
	return user


def follow(user: str, doctype: str, name: str) -> None:
	frappe.get_doc(
		{
			"doctype": "Document Follow",
			"ref_doctype": doctype,
			"ref_docname": name,
			"user": user,
		}
	).insert(ignore_permissions=True, ignore_links=True)


def changed_lead(owner: str) -> str:
	lead = make.lead(lead_owner=owner, job_title=OLD_JOB_TITLE)
	lead.mobile_no, lead.job_title = NUMBER, NEW_JOB_TITLE
	lead.save(ignore_version=False)
	return lead.name


def _version(lead: str, changed: list) -> None:
	doc = frappe.get_doc(
		{
			"doctype": "Version",
			"ref_doctype": LEAD,
			"docname": lead,
			"data": json.dumps({"changed": changed}),
		}
	)
	doc.insert(ignore_permissions=True)


def earlier() -> None:
	"""The framework sends what is older than this moment."""
	for table in ("Version", "Comment"):
		rows = frappe.qb.DocType(table)
		frappe.qb.update(rows).set(rows.modified, frappe.utils.add_to_date(None, minutes=-5)).where(
			rows.modified > frappe.utils.add_to_date(None, minutes=-2)
		).run()


def run() -> None:
	"""As the scheduler does; what goes wrong is not swallowed."""
	earlier()
	frappe.get_attr(OURS[JOB])()


def test_a_follower_is_told_what_they_may_see_and_no_more(sent):
	page.change(LEAD, "mobile_no")
	person = make.user(SELLER)
	lead = changed_lead(person)
	mine, boss = (
		follower((LEAD, lead)),
		follower((LEAD, lead), roles=("Sky CRM Admin",)),
	)
	frappe.db.set_value(LEAD, lead, "lead_owner", mine)
	facts.forget()
	run()
	assert NEW_JOB_TITLE in sent[mine] and OLD_JOB_TITLE in sent[mine]
	assert NUMBER not in sent[mine] and NUMBER[1:] not in sent[mine]
	assert NUMBER[1:] in sent[boss]


def test_rows_of_tables_are_looked_at_too(sent):
	page.change(
		DEAL,
		*(f"{ITEM}.{name}" for name in ("price_list_rate", "rate", "amount")),
		"amount",
	)
	person = follower(roles=(SELLER,))
	deal = make.opportunity(
		opportunity_owner=person,
		items=[{"item_code": make_item("SKY-FOLLOW"), "qty": 1, "rate": RATE}],
	)
	deal.items[0].rate = RATE - 1
	deal.save(ignore_version=False)
	# By itself: the framework tells of rows alone where both have changed.
	deal.next_step = "Gọi lại"
	deal.save(ignore_version=False)
	follow(person, DEAL, deal.name)
	boss = follower((DEAL, deal.name), roles=("Sky CRM Admin",))
	run()
	assert "Gọi lại" in sent[person]
	told = {user: sent[user].replace(",", "").replace(".", "") for user in (person, boss)}
	assert str(RATE)[:6] not in told[person]
	assert str(RATE)[:6] in told[boss]


def test_who_has_nothing_left_to_be_told_gets_no_mail(sent):
	page.change(LEAD, "mobile_no")
	lead = make.lead()
	_version(lead.name, [["mobile_no", "0900000000", NUMBER]])
	person = follower((LEAD, lead.name))
	frappe.db.set_value(LEAD, lead.name, "lead_owner", person)
	facts.forget()
	run()
	assert person not in sent, sent[person]


def test_a_record_that_one_may_no_longer_open_is_not_mailed(sent):
	page.restore(LEAD)
	lead = changed_lead(make.user(SELLER))
	stranger = follower((LEAD, lead))
	frappe.db.set_value(LEAD, lead, "team", None)
	assert not frappe.has_permission(LEAD, doc=lead, user=stranger)
	run()
	assert stranger not in sent


def test_a_follow_of_a_record_that_is_gone_stops_nothing(sent):
	lead = changed_lead("Administrator")
	person = follower((LEAD, "SKY-NONE"), (LEAD, lead), roles=("Sky CRM Admin",))
	run()
	assert NEW_JOB_TITLE in sent[person]


def test_records_of_other_apps_go_on_as_before(sent):
	note = frappe.get_doc(
		{"doctype": "Role", "role_name": f"Follow {frappe.generate_hash(length=6)}"}
	).insert()
	note.home_page = "/a-page"
	note.save(ignore_version=False)
	person = follower(("Role", note.name))
	run()
	assert "a-page" in sent[person]


def test_the_scheduler_runs_ours_for_each_of_the_three(monkeypatch):
	assert frappe.get_doc("Scheduled Job Type", {"method": JOB}).__class__ is SkyScheduledJobType
	for method, own in OURS.items():
		called = []
		monkeypatch.setattr(own, lambda called=called: called.append(1))
		job = frappe.get_doc("Scheduled Job Type", {"method": method})
		job.execute()
		assert called == [1], method
		assert frappe.db.get_value("Scheduled Job Type", job.name, "method") == method
		assert job.method == method
	assert {
		f"frappe.desk.form.document_follow.{name}"
		for name in dir(document_follow)
		if name.endswith("_updates")
	} == set(OURS)


def test_other_jobs_run_as_before(monkeypatch):
	called = []
	monkeypatch.setattr(
		"frappe.core.doctype.prepared_report.prepared_report.expire_stalled_report",
		lambda: called.append(1),
	)
	job = frappe.new_doc("Scheduled Job Type")
	job.update(
		{
			"name": "x",
			"method": "frappe.core.doctype.prepared_report.prepared_report.expire_stalled_report",
		}
	)
	monkeypatch.setattr(job, "log_status", lambda status: called.append(status))
	job.execute()
	assert called == ["Start", 1, "Complete"]
