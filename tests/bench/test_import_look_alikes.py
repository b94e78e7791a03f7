"""Whom the rows of a file look like without being known by a key: before an import, after it, and for whom it is shown."""

from __future__ import annotations

import csv
import io

import pytest
from factories import make_customer, make_lead, unique
from import_records import as_csv, counts, dry_run, imported, new_import, outcomes, remove
from people import only

import frappe

from skycrm.services import import_actions, import_outcome, import_preview, import_run, import_similar
from skycrm.services.import_parties import TARGET

HEADERS = ["Họ tên", "Di động", "Email", "Công ty"]


def email() -> str:
	return f"{frappe.generate_hash(length=10)}@alike.example.com"


def row(name: str = "", organization: str = "", **cells: str) -> list[str]:
	"""Return a row with an address that nobody has."""
	values = {"Họ tên": name, "Công ty": organization, "Email": email(), **cells}
	return [values.get(header, "") for header in HEADERS]


def a_list(*rows: list[str]) -> str:
	return as_csv([HEADERS, *rows])


def firm() -> str:
	return unique("Công ty TNHH Kỳ Hoa")


def hints(doc, kind=None) -> dict[int, tuple]:
	"""Return line → (how, doctype, name, line) of the rows of the outcome."""
	return {
		one["line"]: (shown["on"], shown["doctype"], shown["name"], shown["line"])
		for one in import_outcome.page(doc, kind)["rows"]
		if (shown := one["looks_like"])
	}


def make_contact(name: str, customer: str):
	contact = frappe.get_doc(
		{
			"doctype": "Contact",
			"first_name": name,
			"links": [{"link_doctype": "Customer", "link_name": customer}],
		}
	)
	return contact.insert().name


class TestOutcome:
	def test_the_same_name_at_the_same_firm_is_made_with_a_hint(self):
		at = firm()
		known = make_lead(lead_name="Vương Thị Thùy Trang", organization=at, email_id=email())
		text = a_list(
			row("Vuong Thi Thuy Trang", at.upper().replace("CÔNG TY TNHH", "CTCP")),
			row("Vương Thị Thùy Trang"),
			row("Lê Quốc Bảo", at),
		)
		doc = dry_run(new_import(text))
		assert (counts(doc), doc.similar) == ((3, 0, 0, 0), 1)
		assert hints(doc) == {2: ("person", "Sky Lead", known.name, 0)}
		import_actions.start(doc.name)
		import_run.run(doc.name, frappe.db.commit)
		assert (counts(doc.reload()), doc.similar) == ((3, 0, 0, 0), 1)
		assert hints(doc) == hints(doc, "Similar") == {2: ("person", "Sky Lead", known.name, 0)}
		assert known.reload().email_id != text.splitlines()[1].split(",")[2], "nothing is merged by a name"
		shown = import_outcome.page(doc, "Similar")["rows"][0]["looks_like"]
		assert shown["title"] == f"Vương Thị Thùy Trang ({at})"

	def test_a_firm_is_compared_with_customers_and_its_people_with_their_contacts(self):
		at = firm()
		customer = make_customer(at)
		contact = make_contact("Vương Thị Thùy Trang", customer)
		done = imported(
			a_list(row("Vương Thị Thùy Trang", at), row("Lê Quốc Bảo", at), row("", at), row("", firm()))
		)
		assert counts(done) == (4, 0, 0, 0)
		assert hints(done) == {
			2: ("person", "Contact", contact, 0),
			3: ("organization", "Customer", customer, 0),
			4: ("organization", "Customer", customer, 0),
		}

	def test_two_rows_of_the_file_look_like_each_other(self, monkeypatch):
		monkeypatch.setattr(import_run, "CHUNK", 2)
		at = firm()
		text = a_list(
			row("Vương Thị Thùy Trang", at),
			row("vương thị thùy trang", at),
			row("Lê Quốc Bảo", at),
			row("Vương Thị Thùy Trang", at),
		)
		doc = dry_run(new_import(text))
		assert hints(doc) == {3: ("person", "", "", 2), 5: ("person", "", "", 2)}
		done = imported(text)
		leads = {line: lead for line, _outcome, lead, _header in outcomes(done)}
		found = hints(done)
		assert set(found) == {3, 5}
		assert found[3] == ("person", "Sky Lead", leads[2], 0)
		assert found[5][2] in (leads[2], leads[3])

	def test_who_is_known_by_a_key_needs_no_hint(self):
		at = firm()
		known = make_lead(lead_name="Vương Thị Thùy Trang", organization=at, email_id=email())
		done = imported(a_list(row("Vương Thị Thùy Trang", at, Email=known.email_id)))
		assert (counts(done), done.similar, hints(done)) == ((0, 1, 0, 0), 0, {})

	def test_the_file_of_all_rows_names_whom_they_look_like(self):
		at = firm()
		known = make_lead(lead_name="Vương Thị Thùy Trang", organization=at)
		done = imported(
			a_list(
				row("Vương Thị Thùy Trang", at), row("Lê Bảo"), row("", at), row("Vương Thị Thùy Trang", at)
			)
		)
		_name, content = import_outcome.build(done, "all", "csv")
		lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
		said = f"Looks like {known.name} Vương Thị Thùy Trang ({at})"
		assert lines[0][-1] == "Look-Alike"
		assert lines[1][-1] == said
		assert lines[2][-1] == ""
		assert lines[3][-1] == f"Same organization as {known.name} Vương Thị Thùy Trang ({at})"

	def test_people_of_contacts_and_customers_too(self):
		at = firm()
		lead = make_lead(lead_name="Vương Thị Thùy Trang", organization=at).name
		customer = make_customer(at)
		contact = make_contact("Lê Quốc Bảo", customer)
		text = a_list(
			row("Vương Thị Thùy Trang", at),
			row("Lê Quốc Bảo", at),
			row("Phạm Thị Hương", at),
			row("Phạm Thị Hương", at),
		)
		doc = dry_run(new_import(text, target=TARGET))
		# The customer itself is the one that the rows are added to.
		assert hints(doc) == {
			2: ("person", "Sky Lead", lead, 0),
			3: ("person", "Contact", contact, 0),
			5: ("person", "", "", 4),
		}
		done = imported(text, target=TARGET)
		assert counts(done) == (4, 0, 0, 0)
		found = hints(done)
		assert (found[2][2], found[3][2], set(found)) == (lead, contact, {2, 3, 5})


class TestWhoMaySee:
	def test_only_what_the_importing_user_may_read(self, as_user):
		at = firm()
		owner = only("alike.owner@example.com", "Sky Sales User")
		user = only("alike.manager@example.com", "Sky Sales Manager")
		known = make_lead(lead_name="Vương Thị Thùy Trang", organization=at, lead_owner=owner).name
		text = a_list(row("Vương Thị Thùy Trang", at))
		with as_user(user):
			if frappe.get_list("Sky Lead", {"name": known}):
				pytest.fail("this user reads the lead: the test needs another one")
			doc = new_import(text)
			assert import_preview.preview(doc)["rows"][0]["looks_like"] == []
			assert (dry_run(doc).similar, hints(doc)) == (0, {})
			done = imported(text)
			assert (done.similar, hints(done)) == (0, {})
			assert known not in str(import_similar.of_row(done, 2))

	def test_what_moved_out_of_sight_since_is_not_shown(self, as_user):
		at = firm()
		known = make_lead(lead_name="Vương Thị Thùy Trang", organization=at).name
		done = imported(a_list(row("Vương Thị Thùy Trang", at)))
		assert set(hints(done)) == {2}
		frappe.delete_doc("Sky Lead", known)
		assert hints(done) == {}
		_name, content = import_outcome.build(done, "all", "csv")
		assert known not in content.decode("utf-8-sig")


class TestNear:
	def test_the_preview_ranks_names_that_are_only_near(self):
		at = "Công ty TNHH Thương mại Kỳ Hoa Dị Thảo"
		near = make_lead(lead_name="Vương Thị Thùy Trang", organization=at).name
		doc = new_import(a_list(row("Vương Thị Thùy Trangg", "CTCP Kỳ Hoa Dị Thao Xanh")))
		shown = import_preview.preview(doc)["rows"][0]
		assert shown["outcome"] == "Made"
		assert shown["looks_like"][0]["name"] == near
		assert shown["looks_like"][0]["near"]["organization"] >= 80
		assert shown["looks_like"][0]["title"] == f"Vương Thị Thùy Trang ({at})"

	def test_one_row_of_the_outcome_is_looked_at_when_asked(self):
		at = "Công ty TNHH Thương mại Kỳ Hoa Dị Thảo"
		near = make_lead(lead_name="Vương Thị Thùy Trang", organization=at).name
		done = imported(
			a_list(row("Vương Thị Thùy Trangg", at), row("", "", Email="a@b", **{"Di động": "1"}))
		)
		found = [one["name"] for one in import_similar.of_row(done, 2)]
		assert found[0] == near
		assert outcomes(done)[0][2] not in found, "nobody looks like themselves"
		assert import_similar.of_row(done, 99) == []

	def test_a_row_of_a_dry_run_is_looked_at_too(self):
		at = firm()
		known = make_lead(lead_name="Vương Thị Thùy Trang", organization=at).name
		doc = dry_run(new_import(a_list(row("Vương Thị Thùy Trang", at))))
		assert [one["name"] for one in import_similar.of_row(doc, 2)] == [known]


class TestCost:
	def test_no_statement_per_row(self, statements):
		at = firm()
		make_lead(lead_name="Vương Thị Thùy Trang", organization=at)
		make_contact("Lê Quốc Bảo", make_customer(at))
		seen = []
		for count in (20, 200):
			people = [row("Vương Thị Thùy Trang", at), row("Lê Quốc Bảo", at)]
			people += [row(f"Nguyễn {frappe.generate_hash(length=8)}", firm()) for _ in range(count)]
			doc = new_import(a_list(*people))
			import_actions.check(doc.name)
			statements.clear()
			import_run.dry_run(doc.name, frappe.db.commit)
			seen.append(len(statements))
			assert doc.reload().similar == 2
		assert seen[1] <= seen[0] + 2

	def test_an_outcome_of_fifty_rows_costs_a_handful_of_statements(self, statements):
		at = firm()
		make_lead(lead_name="Vương Thị Thùy Trang", organization=at)
		done = imported(a_list(*(row("Vương Thị Thùy Trang", at) for _ in range(60))))
		statements.clear()
		page = import_outcome.page(done)
		assert sum(bool(one["looks_like"]) for one in page["rows"]) == 50
		assert len(statements) <= 6

	def test_the_preview_looks_at_the_shown_rows_alone(self, statements):
		rows = [row(f"Nguyễn Văn {number}", firm()) for number in range(60)]
		doc = new_import(a_list(*rows))
		import_preview.preview(doc)
		statements.clear()
		import_preview.preview(doc)
		assert sum("_back like" in query for query in statements) == import_preview.SHOWN

	def test_every_look_up_of_a_run_uses_an_index(self, monkeypatch):
		at = firm()
		make_lead(lead_name="Vương Thị Thùy Trang", organization=at)
		make_contact("Lê Quốc Bảo", make_customer(at))
		doc = new_import(a_list(row("Vương Thị Thùy Trang", at), row("Lê Quốc Bảo", at), row("", at)))
		import_actions.check(doc.name)
		connection, sent = frappe.db.__class__, []
		run = connection.sql

		def noted(self, *arguments, **options):
			answer = run(self, *arguments, **options)
			# With its values, as it went to the server.
			sent.append(self._cursor._executed)
			return answer

		with monkeypatch.context() as patched:
			patched.setattr(connection, "sql", noted)
			import_run.dry_run(doc.name, frappe.db.commit)
		asked = [
			query
			for query in sent
			if query.lstrip().lower().startswith("select")
			and ("organization_key` in" in query or "`tabSky Identity Key`" in query)
		]
		assert len(asked) >= 3
		for query in asked:
			for step in frappe.db.sql(f"explain {query}", as_dict=True):
				assert step.type not in ("ALL", "index"), (step, query)
				assert step.key, (step, query)


@pytest.mark.commits
def test_the_endpoint_answers_for_one_row(rest):
	at = unique("Công ty TNHH Kỳ Lân Bảo Ngọc")
	known = make_lead(lead_name="Vương Thị Thùy Trang", organization=at).name
	doc = imported(a_list(row("Vương Thị Thùy Trang", at)))
	frappe.db.commit()
	try:
		page = rest.message("lead_import.outcome", name=doc.name, kind="Similar")
		assert page["rows"][0]["looks_like"]["name"] == known
		found = rest.message("lead_import.similar", name=doc.name, line=2)
		assert [one["name"] for one in found] == [known]
	finally:
		remove([doc])
		frappe.delete_doc("Sky Lead", known)
		frappe.db.commit()
