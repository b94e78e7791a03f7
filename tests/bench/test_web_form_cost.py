"""What a submission asks the database: nothing while it is refused, little when it is taken."""

import pytest
from web_form_records import make_form, person

import frappe

from skycrm.services import form_capture

# A lead of its own right costs about half of it; the rest is the submission, its touch, keys and locks.
MOST_STATEMENTS = 34


@pytest.fixture
def form():
	made = make_form(address_calls_per_minute=1000)
	for _ in range(2):  # settings, translations, meta and the form itself are cached from now on
		form_capture.keep(form_capture.check(made.name, form_capture.Sent(person())))
	return made


def changing(statements: list[str]) -> list[str]:
	return [
		text
		for text in statements
		if text.lstrip().lower().startswith(("insert", "update", "delete", "replace"))
	]


def test_a_call_that_is_refused_asks_nothing(form, statements):
	for sent, error in (
		(form_capture.Sent({}), form_capture.AnswersRefused),
		(form_capture.Sent({**person(), "mobile_no": "12"}), form_capture.AnswersRefused),
		(form_capture.Sent(person(), token="false.token.x"), None),
		(form_capture.Sent(person(), honeypot="x"), None),
	):
		statements.clear()
		if error:
			with pytest.raises(error):
				form_capture.check(form.name, sent)
		else:
			form_capture.check(form.name, sent)
		assert statements == []


def test_a_submission_costs_few_statements(form, statements, as_user):
	with as_user("Guest"):
		checked = form_capture.check(form.name, form_capture.Sent(person()))
		statements.clear()
		form_capture.keep(checked)
		new = list(statements)
		statements.clear()
		form_capture.keep(checked)
		known = list(statements)
	assert len(new) <= MOST_STATEMENTS, "\n".join(new)
	assert len(known) <= MOST_STATEMENTS, "\n".join(known)
	assert not any("tabSky Web Form`" in text for text in changing(new)), "no row that all visitors wait for"


def test_the_state_of_a_flood_is_not_in_the_database(form, statements):
	from skycrm.services import form_counters

	statements.clear()
	for _ in range(10):
		form_counters.note_blocked(form.name)
	assert form_counters.blocked_since(form.name) == 10
	assert statements == []
	frappe.cache.hdel(frappe.cache.make_key(form_counters.BLOCKED), form.name)
