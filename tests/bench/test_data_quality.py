"""The report of poor data, and its repairs: what is found, by whom, and what becomes of each lead."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest
from conversion_records import phone
from factories import make_lead, unique
from people import only

import frappe

from skycrm.api.v1.data_quality import counts, merge_sure_groups, normalise, set_values
from skycrm.domain import data_quality as quality
from skycrm.jobs import data_repair as jobs
from skycrm.services import data_quality, data_repair, lead_keys
from skycrm.services.conversion import convert
from skycrm.skycrm.report.lead_data_quality import lead_data_quality as report

LEAD = "Sky Lead"


def old(lead, days=100, **values):
	"""Make a lead look as if nothing had happened to it for so long."""
	moment = frappe.utils.add_days(frappe.utils.now_datetime(), -days)
	frappe.db.set_value(
		LEAD,
		lead.name,
		{"modified": moment, "creation": moment, **values},
		update_modified=False,
	)
	frappe.db.delete("Sky Lead Touch", {"lead": lead.name})
	return lead.name


def names(check, **filters):
	return {row["name"] for row in data_quality.leads_with(check, filters)}


@pytest.fixture
def source():
	"""A source of its own, so that a test counts only its own leads."""
	doc = frappe.get_doc({"doctype": "Sky Lead Source", "source_name": unique("Nguồn thử")})
	return doc.insert().name


def make(source, **values):
	return make_lead(source=source, **values)


class TestFound:
	def test_missing_invalid_stale_and_overdue(self, source):
		owner = only("seller.quality@example.com", "Sky Sales User")
		fine = make(source, mobile_no=phone(), lead_owner=owner)
		bare = make(source)
		wrong = make(source, mobile_no=phone(), lead_owner=owner)
		frappe.db.set_value(LEAD, wrong.name, "data_issues", "sai")
		nameless = make(source, organization="x", mobile_no=phone(), lead_owner=owner)
		frappe.db.set_value(LEAD, nameless.name, {"lead_name": None, "organization": None})
		stale = old(make(source, mobile_no=phone(), lead_owner=owner))
		late = make(source, mobile_no=phone(), lead_owner=owner).name
		frappe.db.set_value(
			LEAD,
			late,
			"next_contact_on",
			frappe.utils.add_days(frappe.utils.now(), -20),
		)
		given_up = make(source)
		frappe.db.set_value(LEAD, given_up.name, "status", "Unqualified")

		found = {check: names(check, source=source) for check in data_quality.CONDITIONS}
		assert found[quality.NO_CONTACT] == {bare.name}
		assert found[quality.NO_OWNER] == {bare.name}
		assert found[quality.NO_NAME] == {nameless.name}
		assert found[quality.INVALID] == {wrong.name}
		assert found[quality.STALE] == {stale}
		assert found[quality.OVERDUE] == {late}
		assert not any(fine.name in leads for leads in found.values())
		counted = data_quality.counts({"source": source})
		assert {check: counted[check]["leads"] for check in found} == {
			check: len(leads) for check, leads in found.items()
		}
		frappe.db.set_value(LEAD, bare.name, "source", None)
		assert bare.name in names(quality.NO_SOURCE)

	def test_whatever_happened_to_it_a_lead_is_not_stale(self, source):
		quiet, talked, wrote, planned = (old(make(source)) for _ in range(4))
		frappe.get_doc(LEAD, talked).add_comment("Comment", "đã gọi")
		frappe.get_doc(
			{
				"doctype": "Communication",
				"subject": "Hỏi",
				"content": "x",
				"reference_doctype": LEAD,
				"reference_name": wrote,
			}
		).insert(ignore_permissions=True)
		frappe.get_doc(
			{
				"doctype": "ToDo",
				"description": "x",
				"reference_type": LEAD,
				"reference_name": planned,
			}
		).insert()
		for lead in (talked, wrote, planned):
			old(frappe.get_doc(LEAD, lead))
		assert names(quality.STALE, source=source) == {quiet}
		assert names(quality.STALE, source=source, stale_days=200) == set()

	def test_groups_by_each_kind_of_key(self, source):
		number, other = phone(), phone()
		mail = f"{frappe.generate_hash(length=8)}@trung.example.com"
		firm = unique("Công ty Trùng")
		one = make(
			source,
			lead_name="Lê Văn Một",
			mobile_no=number,
			email_id=mail,
			organization=firm,
		)
		two = make(source, lead_name="Lê Văn Hai", mobile_no=other, phone=number)
		three = make(source, lead_name="Lê Văn Ba", email_id=mail.upper())
		four = make(source, lead_name="LE VAN MOT", organization=firm)
		assert names(quality.SAME_PHONE, source=source) == {one.name, two.name}
		assert names(quality.SAME_EMAIL, source=source) == {one.name, three.name}
		assert names(quality.SAME_NAME, source=source) == {one.name, four.name}
		assert names(quality.SAME_TAX, source=source) == set()
		counted = data_quality.counts({"source": source})
		assert counted[quality.SAME_PHONE] == {"leads": 2, "groups": 1}
		assert counted[quality.SAME_NAME] == {"leads": 2, "groups": 1}
		[group] = data_quality.groups_of(quality.SAME_PHONE, {"source": source})
		assert [row["name"] for row in group] == [one.name, two.name]

	def test_an_accent_is_another_address_and_two_converted_leads_are_no_group(self, source):
		make(source, email_id="le@dau.example.com")
		make(source, email_id="lé@dau.example.com")
		assert data_quality.counts({"source": source})[quality.SAME_EMAIL] == {
			"leads": 0,
			"groups": 0,
		}
		number = phone()
		for _ in range(2):
			lead = make(source, organization=unique("Công ty Hai Lần"), mobile_no=number)
			convert(lead.name)
		assert data_quality.counts({"source": source})[quality.SAME_PHONE]["groups"] == 0

	def test_queries(self, statements):
		data_quality.counts()
		statements.clear()
		data_quality.counts()
		assert len(statements) <= 10
		statements.clear()
		data_quality.leads_with(quality.SAME_PHONE)
		assert len(statements) <= 4


class TestReport:
	def test_overview_and_every_drill_down(self, source):
		lead = make(source)
		columns, rows, _message, chart = report.execute({"source": source})
		assert {row["check"] for row in rows} == set(quality.CHECKS)
		assert chart["data"]["labels"]
		assert {column["fieldname"] for column in columns} >= {
			"finding",
			"leads",
			"remedy",
		}
		for check in quality.CHECKS:
			columns, rows, *_rest = report.execute({"check": check, "source": source})
			assert columns[0]["fieldname"] in ("name", "group")
			if check == quality.NO_OWNER:
				assert [row["name"] for row in rows] == [lead.name]
		assert report.execute({"check": "'; drop table x"})[1]

	def test_only_what_the_user_may_read(self, source, as_user):
		seller = only("seller.quality@example.com", "Sky Sales User")
		number = phone()
		mine = make(source, lead_owner=seller, mobile_no=number, data_issues="x")
		make(source, mobile_no=number)
		with as_user(seller):
			assert names(quality.NO_OWNER, source=source) == set()
			assert data_quality.counts({"source": source})[quality.SAME_PHONE] == {
				"leads": 0,
				"groups": 0,
			}
			assert counts(source=source)[quality.NO_OWNER]["leads"] == 0
			assert names(quality.OVERDUE, source=source) <= {mine.name}
		for user in (only("agent.quality@example.com", "Sky Support Agent"), "Guest"):
			with as_user(user):
				for call in (
					lambda: counts(),
					lambda: data_quality.leads_with(quality.STALE),
					lambda: normalise(),
					lambda: merge_sure_groups(),
					lambda: set_values([mine.name], "source", source),
				):
					with pytest.raises(frappe.PermissionError):
						call()


class TestNormalise:
	def broken(self, source, **values):
		lead = make(source)
		frappe.db.set_value(LEAD, lead.name, values)
		return lead.name

	def run(self, leads):
		name = normalise(leads)["repair"]
		jobs.run(name)
		return frappe.get_doc("Sky Data Repair", name)

	def test_numbers_addresses_and_keys_are_written_anew(self, source):
		new = phone()
		lead = self.broken(
			source,
			mobile_no="01234567890",
			email_id="An@Vi-Du.Example.COM",
			phone_key=None,
			email_key=None,
		)
		eaten = self.broken(source, mobile_no=new[1:], data_issues="cũ")
		fine = make(source, mobile_no=phone())
		converted = make(source, organization=unique("Công ty Xong"))
		convert(converted.name)
		frappe.db.set_value(LEAD, converted.name, "mobile_no", "01234567890")
		before = frappe.db.get_value(LEAD, fine.name, "modified")

		repair = self.run([lead, eaten, fine.name, converted.name])
		assert (
			repair.status,
			repair.total,
			repair.seen,
			repair.done,
			repair.refused,
		) == ("Done", 3, 3, 2, 0)
		row = frappe.db.get_value(LEAD, lead, ["mobile_no", "email_id", "phone_key", "email_key"])
		assert row == (
			"0834567890",
			"an@vi-du.example.com",
			"+84834567890",
			"an@vi-du.example.com",
		)
		assert lead_keys.owners([("Phone", "+84834567890")]) == {("Phone", "+84834567890"): lead}
		assert frappe.db.get_value(LEAD, eaten, ["mobile_no", "data_issues"]) == (
			new,
			None,
		)
		assert frappe.db.get_value(LEAD, fine.name, "modified") == before
		assert frappe.db.get_value(LEAD, converted.name, "mobile_no") == "01234567890"
		[outcome] = [row for row in json.loads(repair.outcomes) if row["name"] == lead]
		assert outcome["done"] and "01234567890 → 0834567890" in outcome["message"]
		assert self.run([lead, eaten]).done == 0

	def test_statements_do_not_grow_with_the_leads(self, source, statements):
		from skycrm.services.data_normalise import normalise as in_one_go

		leads = [self.broken(source, mobile_no=phone()[1:]) for _ in range(30)]
		statements.clear()
		in_one_go(leads[:2])
		few = len(statements)
		statements.clear()
		assert len(in_one_go(leads[2:])) == 28
		assert len(statements) <= few + 1
		assert few <= 8

	def test_what_the_user_may_not_change_is_left_and_told(self, source, as_user):
		settings = frappe.get_doc("Sky CRM Settings")
		settings.set("access_defaults", [{"document_type": LEAD, "access": "Public Read"}])
		settings.save()
		lead = self.broken(source, mobile_no="01234567890")
		with as_user(only("seller.quality@example.com", "Sky Sales User")):
			repair = self.run([lead])
		assert (repair.done, repair.refused) == (0, 1)
		assert frappe.db.get_value(LEAD, lead, "mobile_no") == "01234567890"


class TestSetValues:
	def test_a_few_at_once_with_an_outcome_each(self, source, as_user):
		seller = only("seller.quality@example.com", "Sky Sales User")
		mine, other = make(source, lead_owner=seller), make(source)
		with as_user(seller):
			answer = set_values([mine.name, other.name], "source", "Zalo")
		assert [row["done"] for row in answer["outcomes"]] == [True, False]
		assert frappe.db.get_value(LEAD, mine.name, "source") == "Zalo"
		assert frappe.db.get_value(LEAD, other.name, "source") == source

	def test_many_go_to_a_job(self, source):
		leads = [make(source).name for _ in range(52)]
		answer = set_values(
			leads,
			"territory",
			frappe.get_all("Territory", {"is_group": 0}, pluck="name")[0],
		)
		assert answer["outcomes"] == []
		jobs.run(answer["repair"])
		repair = frappe.get_doc("Sky Data Repair", answer["repair"])
		assert (repair.status, repair.seen, repair.done) == ("Done", 52, 52)

	@pytest.mark.parametrize("field", ["status", "owner", "customer", "lead_name", "nonsense"])
	def test_only_some_fields(self, source, field):
		lead = make(source)
		with pytest.raises(frappe.ValidationError):
			set_values([lead.name], field, "x")


class TestSureGroups:
	def test_agreeing_names_are_merged_the_others_are_left(self, source):
		same, mixed = phone(), phone()
		full = make(source, lead_name="Trịnh Công Sơn", mobile_no=same, job_title="Nhạc sĩ")
		half = make(source, lead_name="Trinh Cong Son", mobile_no=same)
		others = [make(source, lead_name=name, mobile_no=mixed) for name in ("Lê Lợi", "Nguyễn Trãi")]
		groups = data_repair.sure_groups()
		assert sorted([full.name, half.name]) in [sorted(group) for group in groups]
		repair = data_repair.start(
			data_repair.MERGE, [[full.name, half.name], [lead.name for lead in others]]
		)
		jobs.run(repair)
		doc = frappe.get_doc("Sky Data Repair", repair)
		assert (doc.status, doc.done, doc.refused) == ("Done", 1, 1)
		assert frappe.db.exists(LEAD, full.name) and not frappe.db.exists(LEAD, half.name)
		assert all(frappe.db.exists(LEAD, lead.name) for lead in others)

	def test_one_of_a_kind_at_a_time_and_only_ones_own_is_read(self, as_user):
		first = merge_sure_groups()["repair"]
		assert merge_sure_groups()["repair"] == first
		with as_user(only("seller.quality@example.com", "Sky Sales User")):
			assert not frappe.get_list("Sky Data Repair", {"name": first})
			assert not frappe.get_doc("Sky Data Repair", first).has_permission("read")


KILLED = """
import os, signal, sys
import frappe
frappe.init(site=sys.argv[1], sites_path=".")
frappe.connect()
frappe.set_user("Administrator")
from skycrm.jobs import data_repair as jobs
from skycrm.services import data_repair
data_repair.PART["Normalise"] = 5
real, parts = data_repair.note, []
def killed(*args):
	real(*args)
	parts.append(1)
	if len(parts) == 2:
		os.kill(os.getpid(), signal.SIGKILL)
data_repair.note = killed
jobs.run(sys.argv[2])
"""


@pytest.mark.commits
def test_a_killed_repair_goes_on_where_it_stopped(site, monkeypatch):
	# The site's own worker would be faster than this test.
	monkeypatch.setattr(data_repair, "enqueue", lambda name: None)
	leads = [make_lead(lead_name=unique("Sửa")).name for _ in range(20)]
	table = frappe.qb.DocType(LEAD)
	frappe.qb.update(table).set(table.mobile_no, "01234567890").where(table.name.isin(leads)).run()
	repair = data_repair.start(data_repair.NORMALISE, leads)
	frappe.db.commit()
	try:
		ended = subprocess.run(
			[sys.executable, "-c", KILLED, os.environ["SKYCRM_TEST_SITE"], repair],
			cwd=site.bench / "sites",
			capture_output=True,
			timeout=60,
		)
		assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()[-2000:]
		frappe.db.rollback()
		doc = frappe.get_doc("Sky Data Repair", repair)
		assert (doc.status, doc.seen, doc.done) == ("Running", 5, 5)
		assert frappe.db.count(LEAD, {"name": ("in", leads), "mobile_no": "0834567890"}) == 5
		# Somebody still seems to work on it.
		assert data_repair.stalled() == []
		jobs.run(repair)
		assert frappe.db.get_value("Sky Data Repair", repair, "seen") == 5
		earlier = frappe.utils.add_to_date(frappe.utils.now_datetime(), minutes=-11)
		frappe.db.set_value("Sky Data Repair", repair, "last_seen", earlier)
		frappe.db.commit()
		assert data_repair.stalled() == [repair]
		jobs.run(repair)
		doc = frappe.get_doc("Sky Data Repair", repair)
		assert (doc.status, doc.seen, doc.done) == ("Done", 20, 20)
		assert frappe.db.count(LEAD, {"name": ("in", leads), "mobile_no": "0834567890"}) == 20
		jobs.run(repair)
	finally:
		frappe.db.rollback()
		frappe.db.delete("Sky Data Repair", {"name": repair})
		for doctype in ("Sky Lead Key", "Sky Lead Touch", "Sky Claim"):
			frappe.db.delete(doctype, {"lead": ("in", leads)})
		frappe.db.delete(LEAD, {"name": ("in", leads)})
		frappe.db.commit()
