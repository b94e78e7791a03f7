"""Each guard of hidden fields alone: without it, the leak is there.

As somebody of sales from whom the phone number of leads and the money of opportunities are hidden.
"""

import access_records as make
import field_access_records as page
import field_access_secrets as secrets
import pytest
from field_access_secrets import DEAL, LEAD
from werkzeug.wrappers import Response

import frappe
from frappe import client as framework
from frappe.desk.search import search_widget as framework_search

from skycrm.overrides import printing, query_guard, reading


@pytest.fixture(scope="module")
def sold():
	with secrets.sold() as found:
		yield found


@pytest.fixture
def as_person(sold):
	with secrets.asking_as(sold.person) as ask:
		yield ask


def test_without_the_guard_of_queries_a_filter_tells_the_number(sold, as_person, monkeypatch):
	number = frappe.db.get_value(LEAD, sold.lead, "mobile_no")
	query = {"doctype": LEAD, "filters": {"mobile_no": ["like", f"{number[:4]}%"], "name": sold.lead}}
	with pytest.raises(frappe.PermissionError):
		as_person(**query)
	assert framework.get_list(**query) == [{"name": sold.lead}], "the framework would have answered"
	monkeypatch.setattr(query_guard, "hidden", lambda *_arguments: frozenset())
	as_person(**query)


def test_without_the_guard_of_queries_an_order_takes_a_function(as_person, monkeypatch):
	query = {
		"doctype": LEAD,
		"fields": ["name"],
		"order_by": "locate('9', `mobile_no`) desc",
		"limit_page_length": 2,
	}
	with pytest.raises(frappe.ValidationError, match="more than the name"):
		as_person(**query)
	framework.get_list(**query)  # the framework runs it
	monkeypatch.setattr(query_guard, "_refuse_expression", lambda _text: None)
	as_person(**query)


def test_without_the_strip_a_saved_record_shows_what_is_hidden(sold, as_person, monkeypatch):
	doc = frappe.get_doc(LEAD, sold.lead)
	body = frappe.as_json({"message": doc.as_dict()})

	def answered() -> str:
		response = Response(body, mimetype="application/json")
		query_guard.strip_answer(response, secrets.Asked("/api/method/frappe.client.set_value"))
		return response.get_data(as_text=True)

	assert doc.mobile_no not in answered() and doc.lead_name in answered()
	monkeypatch.setattr(query_guard, "hidden", lambda *_arguments: frozenset())
	assert doc.mobile_no in answered()


def test_without_the_event_a_print_format_of_the_site_shows_everything(sold, as_person, monkeypatch):
	doc = frappe.get_doc(DEAL, sold.deal)
	text = "{{ doc.amount }} {% for row in doc.items %}{{ row.rate }}{% endfor %}"
	assert sold.amount in frappe.render_template(text, {"doc": doc})
	monkeypatch.setattr(printing, "hidden", lambda *_arguments: frozenset())
	printing.before_print(doc)
	assert sold.amount in frappe.render_template(text, {"doc": doc})
	monkeypatch.undo()
	printing.before_print(doc)
	assert sold.amount not in frappe.render_template(text, {"doc": doc})


def test_without_our_search_a_link_is_found_by_what_is_hidden(as_person):
	issue = frappe.get_doc({"doctype": "Sky Issue", "subject": "Máy", "raised_by": "bi-mat@example.com"})
	issue.insert(ignore_permissions=True)
	frappe.set_user("Administrator")
	page.change("Sky Issue", "raised_by", role="Sky Support Agent")
	agent = make.user("Sky Support Agent")
	frappe.set_user(agent)
	assert issue.name in {row[0] for row in framework_search("Sky Issue", "bi-mat")}
	assert issue.name not in {row[0] for row in reading.search_widget("Sky Issue", "bi-mat")}
	frappe.set_user("Administrator")
	frappe.db.rollback()
	frappe.clear_cache(doctype="Sky Issue")
