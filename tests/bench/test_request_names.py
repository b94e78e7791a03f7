"""However a request spells a method, a document type or a record, the same guards stand before it.

A path may say one method and `cmd` another; a function that is imported somewhere is open under that name too; the
database takes "sky lead" for "Sky Lead" where a type is a value, and not the name of a table.
"""

import importlib
import json
import re
import sys
from contextlib import suppress
from pathlib import Path
from string import ascii_lowercase
from unittest import mock

import access_records as make
import pytest
from field_access_records import hidden
from leaks import routes
from leaks.client import Asker
from rest_client import api_token

import frappe
from frappe.utils.verified_command import get_signed_params

from skycrm.domain.named_records import folded
from skycrm.overrides import called_method

SECRET = "zq task of another team"
OPEN_TO_ALL = "erpnext.crm.utils.get_open_activities"
SAME_WORDS = "does not exist, or it is not among"


@pytest.fixture(scope="module")
def foreign(site):
	"""(who asks, token, lead of somebody else on which a task hangs, asker), committed."""
	frappe.set_user("Administrator")
	frappe.db.rollback()
	person, other = make.user("Sky Sales User"), make.user("Sky Sales User")
	team = make.team(members=(other,))
	lead = make.record("Sky Lead", other, team=team, owner=other)
	frappe.db.set_value("Sky Lead", lead, "tax_id", "0100109106")
	task = frappe.get_doc(
		{
			"doctype": "ToDo",
			"description": SECRET,
			"allocated_to": other,
			"reference_type": "Sky Lead",
			"reference_name": lead,
		}
	).insert()
	token = api_token(person)
	frappe.db.commit()
	asker = Asker(site.name)
	yield token, lead, asker
	asker.close()
	frappe.db.rollback()
	frappe.delete_doc("ToDo", task.name, force=True)
	frappe.delete_doc("Sky Lead", lead, force=True)
	frappe.delete_doc("Sky Team", team, force=True)
	make.remove_users(person, other)


pytestmark = pytest.mark.commits


@pytest.mark.parametrize(
	"path",
	[
		f"/api/method/{OPEN_TO_ALL}",
		f"/api/method/{OPEN_TO_ALL}/x",
		f"/api/v1/method/{OPEN_TO_ALL}",
		f"/api/v2/method/{OPEN_TO_ALL}",
		"/api/method/frappe.client.validate_link",
		"/api/method/frappe.desk.form.load.getdoc",
		"/api/method/skycrm.api.v1.leads.merged_into",
		"/api/method/frappe.utils.print_format.download_pdf",
		"/printview",
		"/api/resource/Sky Lead",
		"/",
	],
)
def test_a_record_is_refused_by_whatever_path_the_method_is_reached(foreign, path):
	token, lead, asker = foreign
	arguments = {"ref_doctype": "Sky Lead", "ref_docname": lead, "cmd": OPEN_TO_ALL, "key": "x", "name": lead}
	if OPEN_TO_ALL in path:
		del arguments["cmd"]
	for verb in ("GET", "POST"):
		answer = asker.ask(token, verb, path, arguments)
		assert answer.status == 403, (verb, answer)
		assert SECRET not in answer.text, (verb, answer.text[:400])
		# A page outside of the API does not say why.
		assert SAME_WORDS in answer.text or not path.startswith("/api/"), (verb, answer.text[:400])


def test_a_signed_address_says_nothing_of_what_comes_in_the_body(foreign):
	token, lead, asker = foreign
	signed = get_signed_params({"email": "an@example.com"})
	path, asked = f"/api/method/{OPEN_TO_ALL}", {"ref_doctype": "Sky Lead", "ref_docname": lead}
	answer = asker.ask(token, "POST", f"{path}?{signed}", asked, as_form=True)
	assert answer.status == 403 and SAME_WORDS in answer.text
	# What the site has signed itself goes through: a link in a mail about the record.
	whole = get_signed_params(asked)
	assert asker.ask(token, "POST", f"{path}?{whole}", {}, as_form=True).status == 200
	changed = whole.replace("_signature=", "_signature=0")
	assert asker.ask(token, "POST", f"{path}?{changed}", {}, as_form=True).status == 403


def test_a_record_in_a_body_that_is_called_something_else_than_json(foreign):
	token, lead, asker = foreign
	body = {
		"comment_type": "Comment",
		"content": "x",
		"reference_doctype": "Sky Lead",
		"reference_name": lead,
	}
	for sent in ({"raw": json.dumps(body)}, {"raw": f"  {json.dumps(body)}"}, {"data": json.dumps(body)}):
		before = frappe.db.count("Comment", {"reference_name": lead})
		answer = asker.ask(token, "POST", "/api/resource/Comment", sent, as_form=True)
		frappe.db.rollback()
		assert answer.status == 403 and SAME_WORDS in answer.text, (sent, answer)
		assert frappe.db.count("Comment", {"reference_name": lead}) == before


def test_another_app_may_answer_for_its_own_methods(foreign):
	token, lead, asker = foreign
	path, asked = f"/api/method/{OPEN_TO_ALL}", {"ref_doctype": "Sky Lead", "ref_docname": lead}
	with mock.patch("skycrm.overrides.named_records.methods_of_other_apps", lambda: [OPEN_TO_ALL]):
		assert asker.ask(token, "POST", path, asked).status == 200
		assert (
			asker.ask(
				token, "POST", "/api/method/frappe.client.get", {"doctype": "Sky Lead", "name": lead}
			).status
			== 403
		)
	assert asker.ask(token, "POST", path, asked).status == 403


@pytest.mark.parametrize(
	"doctype", ["Sky Lead", "sky lead", "SKY LEAD  ", "Ský Léad", "Sky\u200b Lead", "\uff33ky Lead"]
)
def test_a_record_is_refused_however_its_type_is_spelled(foreign, doctype):
	token, lead, asker = foreign
	path, arguments = f"/api/method/{OPEN_TO_ALL}", {"ref_doctype": doctype, "ref_docname": lead}
	with mock.patch("skycrm.overrides.named_records.refuse_unseen", lambda: None):
		assert SECRET in asker.ask(token, "POST", path, arguments).text, (
			"the database does not take it for it"
		)
	answer = asker.ask(token, "POST", path, arguments)
	assert answer.status == 403 and SECRET not in answer.text and SAME_WORDS in answer.text


def test_the_database_takes_no_spelling_for_a_type_that_we_do_not_see_through():
	"""Every character there is, beside the letters of our names, as this site's own MariaDB compares them."""
	letters = ", ".join(f"('{letter}')" for letter in ascii_lowercase)
	found = missed = 0
	every = [number for number in range(1, 0x110000) if not 0xD800 <= number <= 0xDFFF]
	for start in range(0, len(every), 20_000):
		values = ", ".join(
			f"({number}, {frappe.db.escape(chr(number), percent=False)})"
			for number in every[start : start + 20_000]
		)
		rows = frappe.db.sql(
			f"""
			with letter(l) as (values {letters}), sign(n, s) as (values {values})
			select n, l from sign join letter on concat(l, 'x') = concat(s, 'x') collate utf8mb4_unicode_ci
			union all
			select n, '' from sign where concat('a', s, 'b') = 'ab' collate utf8mb4_unicode_ci
			"""
		)
		found += len(rows)
		missed += sum(folded(f"a{chr(number)}x") != f"a{letter}x" for number, letter in rows)
	assert found > 700 and not missed


def import_whatever_mentions(words: set[str]) -> None:
	"""Import each module of the three apps in which one of the words stands, tests and patches aside."""
	mentioned = re.compile(r"\bimport\b[^#]*\b(" + "|".join(words) + r")\b")
	for app in routes.APPS:
		root = Path(frappe.get_app_path(app))
		for file in sorted(root.rglob("*.py")):
			place = file.relative_to(root).with_suffix("").parts
			if {"tests", "patches"} & set(place) or file.name.startswith(("test_", "__init__")):
				continue
			if mentioned.search(file.read_text("utf-8", errors="ignore")):
				# A module of theirs that cannot be imported offers nothing.
				with suppress(ImportError):
					importlib.import_module(".".join((app, *place)))


class TestOtherNames:
	"""A function that this app overrides, as other modules that import it offer it."""

	@pytest.fixture(scope="class")
	def aliases(self) -> dict[str, str]:
		import_whatever_mentions({name.rpartition(".")[2] for name in called_method.overridden()})
		guarded = {id(frappe.get_attr(name)): name for name in called_method.overridden()}
		return {
			f"{module}.{word}": guarded[id(value)]
			for module, content in list(sys.modules.items())
			if module.split(".")[0] in routes.APPS
			for word, value in list(vars(content).items())
			if id(value) in guarded and f"{module}.{word}" not in called_method.overridden()
		}

	def test_there_are_some(self, aliases):
		assert {
			"frappe.email.doctype.notification.notification.send_sms",
			"erpnext.crm.doctype.appointment.appointment.add_assignment",
		} <= set(aliases)

	def test_they_are_refused(self, aliases, foreign):
		token, _lead, asker = foreign
		for alias, name in aliases.items():
			for path, more in (
				(f"/api/method/{alias}", {}),
				(f"/api/v2/method/{alias}", {}),
				("/", {"cmd": alias}),
			):
				answer = asker.ask(token, "POST", path, more)
				assert answer.status == 403, (path, more, answer)
				assert f"another name of {name}" in answer.text or path == "/", (path, more, answer)

	@pytest.mark.parametrize(
		"path", ["Notification/send_sms", "Appointment/add_assignment", "SMS Center/send_sms"]
	)
	def test_nor_by_the_document_type_whose_module_has_them(self, foreign, path):
		token, _lead, asker = foreign
		asked = f"/api/v2/method/{path}"
		with mock.patch.object(called_method, "refuse_other_names", lambda: None):
			assert "another name of" not in asker.ask(token, "POST", asked, {}).text
		answer = asker.ask(token, "POST", asked, {})
		assert answer.status == 403 and "another name of" in answer.text, answer
		assert "another name of" not in asker.ask(token, "POST", "/api/v2/method/No Such Type/x", {}).text

	def test_without_the_guard_they_run(self, foreign):
		token, _lead, asker = foreign
		with mock.patch.object(called_method, "refuse_other_names", lambda: None):
			answer = asker.ask(
				token, "POST", "/api/method/frappe.email.doctype.notification.notification.send_sms", {}
			)
		# The framework's own function, which wants its arguments.
		assert "receiver_list" in answer.text and "another name" not in answer.text

	@pytest.mark.parametrize(
		"method", ["frappe.no.such.module", "skycrm.nothing", "x.y", "..", "frappe.client."]
	)
	def test_names_of_nothing_are_the_framework_s_to_answer(self, foreign, method):
		token, _lead, asker = foreign
		assert "another name" not in asker.ask(token, "POST", f"/api/method/{method}", {}).text


@pytest.mark.parametrize(
	("path", "more"),
	[
		("/api/method/frappe.client.get_list", {}),
		("/api/method/frappe.client.get_list/skycrm.api.v1.leads.search", {}),
		("/api/method/skycrm.api.v1.leads.search", {"cmd": "frappe.client.get_list"}),
		("/api/method/skycrm.api.v1.web_forms.capture", {"cmd": "frappe.client.get_list"}),
		("/api/v2/method/frappe.client.get_list", {}),
		("/api/resource/Sky Lead", {"cmd": "frappe.client.get_list"}),
	],
)
def test_a_hidden_field_is_no_filter_whatever_the_path_says(foreign, path, more):
	token, _lead, asker = foreign
	asked = {"doctype": "Sky Lead", "filters": json.dumps([["tax_id", "like", "0100%"]]), **more}
	with hidden({"Sky Lead": ("tax_id",)}):
		answer = asker.ask(token, "POST", path, asked)
	assert answer.status == 403 and "You may not see" in answer.text, answer
