"""Reminders on a site: what is due for whom, snoozed, closed, returning, mailed once."""

import json
import subprocess
import sys
from datetime import datetime, timedelta

import access_records as make
import pytest
from people import only

import frappe
from frappe.utils import add_to_date, get_system_timezone, now_datetime

from skycrm.domain.reminder import to_zone
from skycrm.jobs import reminders as job
from skycrm.services import reminder_mail, reminder_preferences, reminders
from skycrm.services.reminders_due import due_items
from skycrm.setup import indexes

API = "skycrm.api.v1.reminders"


@pytest.fixture
def seller() -> str:
	return make.user("Sky Sales User", "Sky Support Agent")


@pytest.fixture
def clock(monkeypatch):
	"""Let the services see another moment: `clock(minutes=5)` from now, `clock(at=...)`."""
	start = now_datetime()

	def move(at: datetime | None = None, **ahead: int) -> datetime:
		moment = at or start + timedelta(**ahead)
		for module in (reminders, reminder_mail, job):
			monkeypatch.setattr(module, "now_datetime", lambda: moment)
		return moment

	move()
	return move


def ago(**span: int) -> datetime:
	return (now_datetime() - timedelta(**span)).replace(microsecond=0)


def shown(user: str) -> list[tuple[str, str]]:
	with make.acting_as(user):
		return [(item["doctype"], item["name"]) for item in reminders.panel()["items"]]


def prefer(user: str, **values) -> None:
	reminder_preferences.ensure(user)
	doc = frappe.get_doc("Sky User Preference", user)
	doc.update(values)
	doc.save(ignore_permissions=True)


def item(doc, due_at=None) -> dict:
	return {"doctype": doc.doctype, "name": doc.name, "due_at": str(due_at or doc.next_contact_on)}


def insert(doctype: str, **values):
	return frappe.get_doc({"doctype": doctype, **values}).insert(ignore_permissions=True)


def everything(user: str) -> list:
	"""One due record of each kind."""
	lead = make.lead(lead_owner=user, next_contact_on=ago(hours=1))
	sale = make.opportunity(opportunity_owner=user, next_contact_on=ago(hours=2))
	issue = insert("Sky Issue", subject="Máy in hỏng", customer=make.customer())
	frappe.db.set_value(
		"Sky Issue", issue.name, {"response_by": ago(hours=3), "sla_resolution_by": ago(minutes=5)}
	)
	# Without a day the framework takes today, which is due from the hour on at which the user's day begins.
	insert(
		"ToDo",
		description="x",
		allocated_to=user,
		reference_type="Sky Issue",
		reference_name=issue.name,
		date=ago(days=-2).date(),
	)
	event = insert("Event", subject="Họp khách hàng", starts_on=ago(minutes=30), event_type="Private")
	frappe.db.set_value("Event", event.name, "owner", user)
	invited = insert(
		"Event",
		subject="Họp nhóm",
		starts_on=ago(minutes=40),
		event_participants=[{"reference_doctype": "User", "reference_docname": user}],
	)
	todo = insert("ToDo", description="<b>Gửi</b> mẫu", allocated_to=user, date=ago(days=1).date())
	return [lead, sale, issue, event, invited, todo]


# What is due
# -----------


def test_every_kind_is_there_for_its_own_person_only(seller):
	records = everything(seller)
	expected = {(doc.doctype, doc.name) for doc in records}
	assert set(shown(seller)) == expected
	assert shown(make.user("Sky Sales User", "Sky Support Agent")) == []
	with make.acting_as(seller):
		items = reminders.panel()["items"]
	assert [row["kind"] for row in items if row["doctype"] == "Sky Issue"] == ["resolution", "response"]
	assert "Gửi mẫu" in {row["subject"] for row in items}
	assert [row["due_at"] for row in items] == sorted((row["due_at"] for row in items), reverse=True)
	assert all(row["overdue"] for row in items)


def test_a_to_do_of_today_waits_for_the_hour_at_which_the_day_begins(seller, clock):
	todo = insert("ToDo", description="x", allocated_to=seller)
	assert str(todo.date) == str(now_datetime().date())
	begin = datetime.combine(now_datetime().date(), datetime.min.time())
	clock(at=begin + timedelta(hours=7, minutes=59))
	assert shown(seller) == []
	clock(at=begin + timedelta(hours=8))
	assert shown(seller) == [("ToDo", todo.name)]
	prefer(seller, day_start="09:30")
	assert shown(seller) == []
	clock(at=begin + timedelta(hours=9, minutes=30))
	assert shown(seller) == [("ToDo", todo.name)]


def test_what_is_finished_or_far_away_reminds_nobody(seller):
	soon = now_datetime() + timedelta(hours=1)
	make.lead(lead_owner=seller, next_contact_on=soon)
	make.lead(lead_owner=seller, next_contact_on=ago(days=60))
	lost = make.lead(lead_owner=seller, next_contact_on=ago(hours=1))
	frappe.db.set_value("Sky Lead", lost.name, "status", "Unqualified")
	won = make.opportunity(opportunity_owner=seller, next_contact_on=ago(hours=1))
	frappe.db.set_value("Sky Opportunity", won.name, "status", "Won")
	insert("ToDo", description="x", allocated_to=seller, date=ago(days=1).date(), status="Closed")
	assert shown(seller) == []


def test_somebody_without_the_role_is_told_nothing():
	user = make.user("Sky Support Agent")
	lead = make.lead(next_contact_on=ago(hours=1))
	frappe.db.set_value("Sky Lead", lead.name, "lead_owner", user)
	assert shown(user) == []


def test_user_permissions_are_kept(seller):
	here, there = (
		make.lead(lead_owner=seller, next_contact_on=ago(hours=n), country=c)
		for n, c in ((1, "Vietnam"), (2, "France"))
	)
	insert("User Permission", user=seller, allow="Country", for_value="Vietnam", apply_to_all_doctypes=1)
	frappe.cache.hdel("user_permissions", seller)
	assert shown(seller) == [("Sky Lead", here.name)]
	frappe.cache.hdel("user_permissions", seller)
	assert there.name


def test_a_repeated_event_reminds_at_each_time(seller, clock):
	event = insert(
		"Event",
		subject="Giao ban",
		starts_on=ago(days=21, minutes=10),
		repeat_this_event=1,
		repeat_on="Weekly",
		**{(now_datetime() - timedelta(minutes=10)).strftime("%A").lower(): 1},
	)
	frappe.db.set_value("Event", event.name, "owner", seller)
	with make.acting_as(seller):
		found = reminders.panel()["items"]
		assert [row["name"] for row in found] == [event.name]
		assert found[0]["due_at"] == str(ago(minutes=10))[:16] + found[0]["due_at"][16:]
		reminders.close(found)
		assert reminders.panel()["items"] == []
		clock(days=7)
		assert [row["name"] for row in reminders.panel()["items"]] == [event.name]


def test_lead_time_kinds_and_switch(seller):
	lead = make.lead(lead_owner=seller, next_contact_on=now_datetime() + timedelta(minutes=9))
	assert shown(seller) == []
	prefer(seller, lead_minutes=10)
	assert shown(seller) == [("Sky Lead", lead.name)]
	prefer(seller, remind_leads=0)
	assert shown(seller) == []
	prefer(seller, remind_leads=1, show_reminders=0)
	assert shown(seller) == []


def test_quiet_hours_are_those_of_the_users_own_zone(seller, clock):
	make.lead(lead_owner=seller, next_contact_on=ago(hours=1))
	frappe.db.set_value("User", seller, "time_zone", "America/New_York")
	local = to_zone(now_datetime(), get_system_timezone(), "America/New_York")

	def window(moment: datetime) -> dict[str, str]:
		return {
			"quiet_from": (moment - timedelta(minutes=5)).strftime("%H:%M"),
			"quiet_until": (moment + timedelta(minutes=5)).strftime("%H:%M"),
		}

	prefer(seller, **window(now_datetime()))
	assert len(shown(seller)) == 1, "quiet at the site, not where the user is"
	prefer(seller, **window(local))
	assert shown(seller) == []
	with make.acting_as(seller):
		assert reminders.panel()["quiet"] is True


# Acting on it
# ------------


@pytest.mark.parametrize("minutes", [5, 15, 60])
def test_snoozed_it_comes_back_closed_it_does_not(seller, clock, minutes):
	lead = make.lead(lead_owner=seller, next_contact_on=ago(hours=1))
	with make.acting_as(seller):
		reminders.snooze([item(lead)], str(minutes))
		assert shown(seller) == []
		clock(minutes=minutes - 1)
		assert shown(seller) == []
		clock(minutes=minutes + 1)
		assert shown(seller) == [("Sky Lead", lead.name)]
		reminders.close([item(lead)])
		clock(days=2)
		assert shown(seller) == []
	assert frappe.db.count("Sky Reminder", {"user": seller}) == 1


def test_a_moved_date_is_a_new_reminder(seller):
	lead = make.lead(lead_owner=seller, next_contact_on=ago(hours=1))
	with make.acting_as(seller):
		reminders.close([item(lead)])
	assert shown(seller) == []
	lead.update({"next_contact_on": ago(minutes=1)}).save()
	assert shown(seller) == [("Sky Lead", lead.name)]


def test_closing_is_each_users_own(seller):
	other = make.user("Sky Sales User")
	todo = insert(
		"Event",
		subject="Chung",
		starts_on=ago(minutes=5),
		event_participants=[
			{"reference_doctype": "User", "reference_docname": user} for user in (seller, other)
		],
	)
	with make.acting_as(seller):
		reminders.close([{"doctype": "Event", "name": todo.name, "due_at": str(todo.starts_on)}])
	assert (shown(seller), shown(other)) == ([], [("Event", todo.name)])


def test_every_kind_can_be_closed_at_once_with_one_write(seller, statements):
	everything(seller)
	with make.acting_as(seller):
		items = reminders.panel()["items"]
		statements.clear()
		assert reminders.close(items) == len(items) == 7
		assert len([text for text in statements if "insert" in text.lower()[:10]]) == 1
		assert reminders.panel()["total"] == 0


def test_what_is_not_mine_or_not_there_any_more_is_refused(seller):
	lead = make.lead(lead_owner=seller, next_contact_on=ago(hours=1))
	foreign = make.lead(lead_owner=make.user("Sky Sales User"), next_contact_on=ago(hours=1))
	stale = {**item(lead), "due_at": str(ago(hours=5))}
	with make.acting_as(seller):
		for wrong in (item(foreign), stale, {**item(lead), "name": "SKY-LEAD-0"}):
			for act in (reminders.close, lambda rows: reminders.snooze(rows, "5")):
				with pytest.raises(frappe.DoesNotExistError):
					act([item(lead), wrong])
	assert frappe.db.count("Sky Reminder", {"user": seller}) == 0


def test_the_frameworks_own_reminders_stay_as_they_are(seller):
	lead = make.lead(lead_owner=seller)
	with make.acting_as(seller):
		insert(
			"Reminder",
			remind_at=add_to_date(None, hours=1),
			description="x",
			reminder_doctype="Sky Lead",
			reminder_docname=lead.name,
		)
	assert shown(seller) == []


def test_a_lead_with_closed_reminders_can_be_deleted(seller):
	lead = make.lead(lead_owner=seller, next_contact_on=ago(hours=1))
	with make.acting_as(seller):
		reminders.close([item(lead)])
	frappe.delete_doc("Sky Lead", lead.name)
	frappe.db.set_value("Sky Reminder", {"user": seller}, "due_at", ago(days=80))
	job.delete_old()
	assert frappe.db.count("Sky Reminder", {"user": seller}) == 0


# Cost
# ----


def test_a_poll_is_two_queries_whatever_is_due(seller, statements):
	everything(seller)
	shown(seller)  # roles and metadata come into the cache
	with make.acting_as(seller):
		statements.clear()
		reminders.panel()
		assert len(statements) <= 3, statements


@pytest.mark.parametrize(
	("table", "alias", "index"),
	[
		("Sky Lead", "x", "lead_owner_next_contact_on_index"),
		("Sky Opportunity", "x", "opportunity_owner_next_contact_on_index"),
		("ToDo", "t", "sky_allocated_date"),
		("Event", "x", "sky_starts"),
	],
)
def test_each_part_can_begin_at_its_index(seller, statements, table, alias, index):
	assert frappe.db.has_index(f"tab{table}", index), frappe.db.sql(f"show index from `tab{table}`")


def test_no_part_reads_a_whole_table(seller):
	everything(seller)
	for number in range(40):
		make.lead(lead_owner=None if number % 2 else "Administrator", next_contact_on=ago(days=1))
	with make.acting_as(seller):
		reminders.panel()  # user permissions come into the cache
		reminders.panel()
	union = str(frappe.db.last_query)
	assert "union all" in union
	plan = frappe.db.sql(f"explain {union}", as_dict=True)
	leads = [row for row in plan if row.table == "x" and row.key and "owner" in row.key]
	assert leads, plan
	states = [row for row in plan if row.table == "r"]
	assert states and all(row.key and row.type != "ALL" for row in states), states


# Mail
# ----


@pytest.fixture
def outbox(monkeypatch):
	sent = []
	monkeypatch.setattr(frappe, "sendmail", lambda **mail: sent.append(mail))
	return sent


def test_missed_ones_are_mailed_once_after_so_many_minutes(seller, clock, outbox):
	lead = make.lead(lead_owner=seller, next_contact_on=ago(minutes=10), lead_name="Nguyễn <b>An</b>")
	prefer(seller, missed_mail="After Minutes", missed_minutes=30)
	wish = reminder_preferences.of_user(seller)
	assert reminder_mail.mail_missed(wish) == 0
	clock(minutes=25)
	assert reminder_mail.mail_missed(wish) == 1
	assert reminder_mail.mail_missed(wish) == 0
	assert len(outbox) == 1 and lead.name in outbox[0]["message"] and "<b>An" not in outbox[0]["message"]
	assert outbox[0]["recipients"] == [frappe.db.get_value("User", seller, "email")]
	assert shown(seller) == [("Sky Lead", lead.name)], "mailed is not acted on"


def test_what_was_acted_on_is_not_mailed(seller, clock, outbox):
	closed, asleep = (make.lead(lead_owner=seller, next_contact_on=ago(hours=n)) for n in (1, 2))
	prefer(seller, missed_mail="After Minutes", missed_minutes=5)
	with make.acting_as(seller):
		reminders.close([item(closed)])
		reminders.snooze([item(asleep)], "60")
	assert reminder_mail.mail_missed(reminder_preferences.of_user(seller)) == 0
	clock(minutes=61)
	assert reminder_mail.mail_missed(reminder_preferences.of_user(seller)) == 1


def test_the_digest_comes_once_a_day_at_the_users_hour(seller, clock, outbox):
	make.lead(lead_owner=seller, next_contact_on=ago(hours=1))
	frappe.db.set_value("User", seller, "time_zone", "Asia/Tokyo")
	prefer(seller, missed_mail="Daily Digest", digest_hour=9)
	today = now_datetime().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)

	def at(hour: int) -> int:
		"""The digest at an hour of Tokyo, as moments of the site."""
		clock(at=to_zone(today + timedelta(hours=hour), "Asia/Tokyo", get_system_timezone()))
		return reminder_mail.mail_missed(reminder_preferences.of_user(seller))

	assert [at(8), at(9), at(10), at(23), at(24 + 8), at(24 + 9)] == [0, 1, 0, 0, 0, 1]
	assert len(outbox) == 2


def test_the_mail_speaks_the_users_language(seller, clock, outbox):
	make.lead(lead_owner=seller, next_contact_on=ago(hours=2))
	frappe.db.set_value("User", seller, "language", "vi")
	prefer(seller, missed_mail="After Minutes", missed_minutes=5)
	reminder_mail.mail_missed(reminder_preferences.of_user(seller))
	assert "nhắc việc" in outbox[0]["subject"] and frappe.local.lang == "en"


def test_one_user_whose_mail_fails_does_not_hold_up_the_others(seller, clock, monkeypatch):
	other = make.user("Sky Sales User")
	for user in (seller, other):
		make.lead(lead_owner=user, next_contact_on=ago(hours=1))
		prefer(user, missed_mail="After Minutes", missed_minutes=5)
	sent = []

	def send(**mail):
		if seller in mail["recipients"]:
			raise frappe.OutgoingEmailError("no account")
		sent.append(mail)

	monkeypatch.setattr(frappe, "sendmail", send)
	monkeypatch.setattr(frappe.db, "rollback", lambda **_more: None)
	job.mail_missed()
	assert [mail["recipients"] for mail in sent] == [[other]]
	assert not frappe.db.exists("Sky Reminder", {"user": seller, "mailed_on": ("is", "set")})


def test_the_push_names_only_those_with_something_new(seller, clock, monkeypatch):
	told = []
	monkeypatch.setattr(
		frappe, "publish_realtime", lambda event, *rest, **more: told.append((event, more.get("user")))
	)
	make.lead(lead_owner=seller, next_contact_on=ago(minutes=2))
	late = make.user("Sky Sales User")
	make.lead(lead_owner=late, next_contact_on=ago(days=2))
	job.push_due()
	users = {user for event, user in told if event == "skycrm_reminders"}
	assert seller in users and late not in users


KILLED = """
import frappe, os, signal, sys
os.chdir(sys.argv[1]); frappe.init(site=sys.argv[2], sites_path="."); frappe.connect(); frappe.set_user("Administrator")
from skycrm.services import reminder_mail, reminder_preferences
frappe.sendmail = lambda **mail: frappe.get_doc({"doctype": "ToDo", "description": "queued " + sys.argv[3]}).insert()
reminder_mail.mail_missed(reminder_preferences.of_user(sys.argv[3]))
os.kill(os.getpid(), signal.SIGKILL) if sys.argv[4] == "kill" else frappe.db.commit()
"""


@pytest.mark.commits
def test_a_killed_job_neither_loses_nor_doubles_a_mail(site):
	user = only("reminder-kill@example.com", "Sky Sales User")
	lead = make.lead(lead_owner=user, next_contact_on=ago(hours=1))
	prefer(user, missed_mail="After Minutes", missed_minutes=5)
	frappe.db.commit()
	queued = {"description": f"queued {user}"}
	try:
		seen = []
		for how in ("kill", "commit", "commit"):
			subprocess.run(
				[sys.executable, "-c", KILLED, str(site.bench / "sites"), site.name, user, how],
				check=False,
				timeout=120,
			)
			frappe.db.rollback()
			seen.append((frappe.db.count("ToDo", queued), frappe.db.count("Sky Reminder", {"user": user})))
		assert seen == [(0, 0), (1, 1), (1, 1)]
	finally:
		frappe.db.delete("ToDo", queued)
		frappe.db.delete("Sky Reminder", {"user": user})
		frappe.delete_doc("Sky Lead", lead.name, force=True)
		frappe.delete_doc("Sky User Preference", user, force=True)
		frappe.db.commit()


# Preferences
# -----------


def test_preferences_are_ones_own(seller):
	other = make.user("Sky Sales User")
	reminder_preferences.ensure(other)
	with make.acting_as(seller):
		assert frappe.call(f"{API}.preferences") == seller
		assert frappe.get_list("Sky User Preference", pluck="name") == [seller]
		doc = frappe.get_doc("Sky User Preference", other)
		assert not doc.has_permission("read") and not doc.has_permission("write")
		own = frappe.get_doc("Sky User Preference", seller)
		assert (own.quiet_from, own.quiet_until, own.day_start) == (None, None, "08:00")
		own.update({"lead_minutes": 15}).save()
		with pytest.raises(frappe.PermissionError):
			frappe.get_doc({"doctype": "Sky User Preference", "user": make.user("Sky Sales User")}).insert()
		for wrong in (
			{"digest_hour": 24},
			{"lead_minutes": 99999},
			{"quiet_from": "22:00", "quiet_until": None},
			{"day_start": "late"},
		):
			own.reload()
			with pytest.raises(frappe.ValidationError):
				own.update(wrong).save()
	assert frappe.db.get_value("Sky User Preference", seller, "lead_minutes") == 15


# HTTP
# ----


@pytest.mark.commits
def test_over_http_everybody_has_their_own_reminders(rest_as):
	owner, other = (
		only("reminder-owner@example.com", "Sky Sales User"),
		only("reminder-other@example.com", "Sky Sales User"),
	)
	lead = make.lead(lead_owner=owner, next_contact_on=ago(hours=1))
	frappe.db.commit()
	named = item(lead)

	def states() -> int:
		frappe.db.rollback()
		return frappe.db.count("Sky Reminder", {"reference_name": lead.name})

	try:
		for method, arguments in (
			("reminders.due", {}),
			("reminders.snooze", {**named, "until": "5"}),
			("reminders.snooze_many", {"items": [named], "until": "5"}),
			("reminders.close", named),
			("reminders.close_many", {"items": [named]}),
			("reminders.preferences", {}),
		):
			assert rest_as("Guest").call(method, **arguments).status_code == 403
			if arguments:
				# Named by itself the lead is refused as one that does not exist; in a list each item is looked for.
				assert rest_as(other).call(method, **arguments).status_code in (403, 404)
		assert states() == 0
		mine = rest_as(owner)
		assert [row["name"] for row in mine.message("reminders.due")["items"]] == [lead.name]
		assert rest_as(other).message("reminders.due")["items"] == []
		assert mine.call("reminders.close_many", items=[]).status_code == 417
		assert mine.call("reminders.close_many", items=[{"name": lead.name}]).status_code == 417
		assert mine.call("reminders.close", **{**named, "due_at": "soon"}).status_code == 417
		assert mine.call("reminders.snooze", **named, until="yesterday").status_code == 417
		assert states() == 0
		assert mine.message("reminders.snooze", **named, until="15")["until"] > str(now_datetime())
		assert mine.message("reminders.due")["total"] == 0
		assert mine.message("reminders.snooze_many", items=json.dumps([named]), until="tomorrow")
		assert mine.message("reminders.close", **named) == {"closed": 1}
		assert mine.message("reminders.close_many", items=[named]) == {"closed": 1}
		assert states() == 1
		assert mine.message("reminders.preferences") == owner
	finally:
		frappe.db.delete("Sky Reminder", {"reference_name": lead.name})
		frappe.delete_doc("Sky Lead", lead.name, force=True)
		frappe.delete_doc("Sky User Preference", owner, force=True, ignore_missing=True)
		frappe.db.commit()


def test_due_items_takes_plain_wishes(seller):
	lead = make.lead(lead_owner=seller, next_contact_on=ago(hours=1))
	wish = reminder_preferences.Preference(seller, get_system_timezone(), kinds=("Sky Lead",))
	assert [row["name"] for row in due_items(wish, now_datetime(), now_datetime())] == [lead.name]


@pytest.mark.commits
def test_the_indexes_on_the_frameworks_tables_come_and_go():
	names = [(f"tab{doctype}", name) for doctype, rows in indexes.INDEXES.items() for name, _columns in rows]
	try:
		indexes.remove()
		indexes.remove()
		assert not [name for table, name in names if frappe.db.has_index(table, name)]
	finally:
		indexes.create()
	indexes.create()
	assert all(frappe.db.has_index(table, name) for table, name in names)
