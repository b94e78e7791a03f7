"""What hangs on our records, tells of them or is made of them holds nothing that runs, by whichever door it came.

The browser's side of it: tests/browser/test_xss_around.py and test_xss_paper.py.
"""

from __future__ import annotations

import email

import access_records as make
import pytest
from test_stored_markup import is_dead

import frappe
from frappe.desk.doctype.tag.tag import add_tag
from frappe.utils import global_search

from skycrm.overrides import reading, shown_markup
from skycrm.services import mail_markup
from skycrm.services.stored_markup import for_paper

OPEN = "<img src=x onerror=X(1) x="
BELL = "frappe.desk.doctype.notification_log.notification_log.get_notification_logs"
MORE = "frappe.desk.form.load.get_communications"
SEARCH = "frappe.utils.global_search.search"
TAGGED = "frappe.desk.doctype.tag.tag.get_documents_for_tag"


@pytest.fixture
def lead():
	return make.lead()


def hang(lead, doctype, **values):
	about = {"ToDo": "reference_type", "Notification Log": "document_type"}.get(doctype, "reference_doctype")
	name = "document_name" if doctype == "Notification Log" else "reference_name"
	doc = frappe.get_doc({"doctype": doctype, about: lead.doctype, name: lead.name, **values})
	return doc.insert(ignore_mandatory=True)


@pytest.mark.parametrize("text", [OPEN, "<!--><img src=x onerror=X(1)>", '["<svg onload=X(1)>"]'])
def test_what_the_framework_finds_no_element_in(lead, text):
	for doc, field in (
		(hang(lead, "Comment", comment_type="Comment", content=text), "content"),
		(hang(lead, "Communication", subject=text, content="x", sender="a@example.com"), "subject"),
		(hang(lead, "ToDo", description=text), "description"),
		(hang(lead, "Notification Log", subject=text, for_user="Administrator"), "subject"),
	):
		stored = frappe.db.get_value(doc.doctype, doc.name, field)
		assert is_dead(f"<div>{stored}</div>"), (doc.doctype, stored)


def test_a_letter_keeps_its_style_and_loses_what_the_server_would_fetch(lead):
	text = "<style>p {color: red}</style><link rel=stylesheet href=http://127.0.0.1/x><p>Chào anh</p>"
	mail = hang(lead, "Communication", subject="x", content=text, sender="a@example.com")
	stored = frappe.db.get_value("Communication", mail.name, "content")
	assert "<link" not in stored and "<style>" in stored and "<p>Chào anh</p>" in stored
	task = hang(lead, "ToDo", description=text)
	stored = frappe.db.get_value("ToDo", task.name, "description")
	assert "<link" not in stored and "<p>Chào anh</p>" in stored


def test_paper_shows_pictures_of_this_site_and_asks_no_other():
	own = '<p><img src="/files/a.png"/>x</p>'
	assert for_paper(own) == own
	for text in (
		"<img>",
		'<img src="http://127.0.0.1/x">',
		'<img src="file:///etc/passwd">',
		'<p style="background: url(http://127.0.0.1/x)">x</p>',
		'<table background="http://127.0.0.1/x"><tbody><tr><td>x</td></tr></tbody></table>',
	):
		assert "127.0.0.1" not in for_paper(text) and "<img" not in for_paper(text)


def letter(html: str, subject: str = "Báo giá") -> frappe._dict:
	from email.mime.multipart import MIMEMultipart
	from email.mime.text import MIMEText

	mail = MIMEMultipart("alternative")
	mail["Subject"] = subject
	mail.attach(MIMEText("x", "plain", "utf-8"))
	mail.attach(MIMEText(html, "html", "utf-8"))
	return frappe._dict(message=mail.as_string())


def html_of(queue: frappe._dict) -> str:
	parts = email.message_from_string(queue.message).walk()
	return next(p.get_payload(decode=True).decode() for p in parts if p.get_content_type() == "text/html")


def test_a_letter_without_anything_of_the_kind_is_left_to_the_byte():
	html = (
		'<html><head><meta name="viewport" content="x"><style>p {}</style></head><body><p>Chào anh, 5 &lt; 6</p>'
		'<img src="cid:1"><a href="https://example.com?on=1">x</a><!--unsubscribe_url--></body></html>'
	)
	queue = letter(html)
	before = queue.message
	mail_markup.disarm(queue)
	assert queue.message == before


@pytest.mark.parametrize(
	"html",
	[
		"<title></title><script>X(1)</script></title>",
		"<p>x<img src=x onerror=X(1)></p>",
		"<a href='java&#9;script&colon;X(1)'>x</a>",
		"<iframe srcdoc='<svg onload=X(1)>'></iframe>",
		"<svg><a xlink:href=javascript:X(1)><text>x</text></a></svg>",
		"<meta http-equiv=refresh content='0;url=javascript:X(1)'>",
	],
)
def test_a_letter_with_something_that_runs(html):
	queue = letter(f"<p>Chào anh</p>{html}<!--unsubscribe_url-->")
	mail_markup.disarm(queue)
	found = html_of(queue)
	assert is_dead(found) and "Chào anh" in found and "<!--unsubscribe_url-->" in found
	assert email.message_from_string(queue.message)["Subject"]


# What the bell, the timeline and the search bar are told
# -------------------------------------------------------


def test_the_bell_lists_what_was_stored_by_another_way_without_markup_that_runs(lead):
	note = hang(lead, "Notification Log", subject="x", for_user="Administrator")
	values = {"subject": f"<b>Chào</b> {OPEN}>", "link": "javascript:X(1)"}
	frappe.db.set_value("Notification Log", note.name, values, update_modified=False)
	found = shown_markup.get_notification_logs(500)["notification_logs"]
	shown = next(row for row in found if row.name == note.name)
	assert is_dead(shown.subject) and "<b>Chào</b>" in shown.subject and not shown.link


def test_more_letters_of_a_timeline(lead):
	mail = hang(lead, "Communication", subject="x", content="<p>x</p>", sender="a@example.com")
	frappe.db.set_value(
		"Communication", mail.name, "content", "<p>x</p><svg onload=X(1)>", update_modified=False
	)
	found = shown_markup.get_communications("Sky Lead", lead.name)
	shown = next(row for row in found if row.name == mail.name)
	assert is_dead(shown["content"]) and "<p>x</p>" in shown["content"]


@pytest.fixture
def in_search():
	"""A lead of somebody else in the index of the whole site, committed: full-text search sees nothing else."""
	frappe.db.rollback()
	owner, stranger = make.user("Sky Sales User"), make.user("Sky Sales User")
	team = make.team(members=(owner,))
	lead = make.record("Sky Lead", owner, team=team, owner=owner)
	settings = frappe.get_doc("Global Search Settings")
	settings.append("allowed_in_global_search", {"document_type": "Sky Lead"})
	settings.save()
	frappe.db.sql(
		"insert into `__global_search` (doctype, name, title, content, published) values ('Sky Lead', %s, 'x', %s, 0)",
		(lead, f"Organization : kimtrongbien {OPEN}>"),
	)
	frappe.db.commit()
	yield owner, stranger, lead
	frappe.db.rollback()
	settings.reload()
	settings.allowed_in_global_search = [
		row for row in settings.allowed_in_global_search if row.document_type != "Sky Lead"
	]
	settings.save()
	frappe.db.sql("delete from `__global_search` where name = %s", lead)
	frappe.delete_doc("Sky Lead", lead, force=True)
	frappe.delete_doc("Sky Team", team, force=True)
	make.remove_users(owner, stranger)


@pytest.mark.commits
def test_the_search_of_the_whole_site(rest_as, in_search):
	owner, stranger, lead = in_search
	[found] = rest_as(owner).message(SEARCH, text="kimtrongbien")
	assert found["name"] == lead and "<" not in found["content"] and "kimtrongbien" in found["content"]
	assert rest_as(stranger).message(SEARCH, text="kimtrongbien") == []
	assert rest_as("Guest").call(SEARCH, text="kimtrongbien").status_code == 403
	with make.acting_as(owner):
		assert [row.name for row in reading.global_search("kimtrongbien")] == [lead]
	# What the framework itself says: to whoever may read any lead, and as it stands there.
	with make.acting_as(stranger):
		[raw] = global_search.search("kimtrongbien")
	assert "onerror" in raw.content and "<img" in raw.content


def test_titles_of_tagged_records_are_text(lead):
	add_tag("Gấp", "Sky Lead", lead.name)
	about = {"document_type": "Sky Lead", "document_name": lead.name}
	frappe.db.set_value("Tag Link", about, "title", "<svg onload=X(1)>", update_modified=False)
	found = reading.get_documents_for_tag("#Gấp")
	assert "&lt;svg" in next(row["content"] for row in found if row["name"] == lead.name)


@pytest.mark.commits
def test_whoever_may_not_see_the_record_is_told_nothing(rest_as, in_search):
	_owner, stranger, lead = in_search
	assert rest_as(stranger).call(MORE, doctype="Sky Lead", name=lead).status_code in (403, 404)
	for method in (BELL, MORE, TAGGED):
		assert rest_as("Guest").call(method, doctype="Sky Lead", name=lead, tag="#x").status_code == 403
