"""Stored files: lists lose the person's rows and nothing else, imports do not bring the person back, others' files stay."""

import io
import json
import signal
import zipfile
from pathlib import Path

import access_records as make
import import_records
import openpyxl
import pytest
from personal_records import DOCTYPE, Person, ask, carry_out, run_in_process, where_found
from pypdf import PdfWriter

import frappe

from skycrm.services import import_actions, import_run, import_status
from skycrm.services.personal_data import people_files, requests, stored_files

HEADERS = ["Họ tên", "Email", "Điện thoại", "Ghi chú"]


@pytest.fixture(autouse=True)
def no_queue(monkeypatch):
	monkeypatch.setattr(requests, "enqueue", lambda name: None)
	monkeypatch.setattr(import_actions, "enqueue", lambda name, dry=False: None)


def somebody(person: Person, **values: str) -> list[str]:
	row = {"Họ tên": person.name, "Email": person.email, "Điện thoại": person.spelled, "Ghi chú": ""} | values
	return [row[header] for header in HEADERS]


def listed(request, doctype: str):
	return [row for row in request.records if row.document_type == doctype and row.document_name]


def on_disk(url: str) -> bytes:
	return Path(stored_files.path_of(url)).read_bytes()


def attach(name: str, content: str | bytes, doctype: str | None = None, docname: str | None = None):
	return frappe.get_doc(
		{
			"doctype": "File",
			"file_name": name,
			"content": content,
			"is_private": 1,
			"attached_to_doctype": doctype,
			"attached_to_name": docname,
		}
	).insert(ignore_permissions=True)


def as_xlsx(rows) -> bytes:
	book, out = openpyxl.Workbook(), io.BytesIO()
	for row in rows:
		book.active.append(row)
	book.save(out)
	return out.getvalue()


def empty_pdf() -> bytes:
	writer, out = PdfWriter(), io.BytesIO()
	writer.add_blank_page(width=100, height=100)
	writer.write(out)
	return out.getvalue()


def as_vcf(people) -> bytes:
	return "".join(
		f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{one.name}\r\nEMAIL:{one.email}\r\nTEL;CELL:{one.mobile}\r\nEND:VCARD\r\n"
		for one in people
	).encode()


# Imports
# -------


@pytest.mark.parametrize("kind", ["csv", "xlsx", "vcf"])
def test_an_imported_list_loses_the_persons_rows_and_nobody_elses(kind):
	person, before, after = Person(), Person(), Person()
	people = [before, person, after]
	content = {
		"csv": lambda: import_records.as_csv([HEADERS, *(somebody(one) for one in people)]),
		"xlsx": lambda: as_xlsx([HEADERS, *(somebody(one) for one in people)]),
		"vcf": lambda: as_vcf(people),
	}[kind]()
	doc = import_records.imported(content, f"list.{kind}")
	assert doc.made == 3
	lines = [line for line, *_rest in import_records.outcomes(doc)]
	request = requests.preview(ask("Erasure", email_id=person.email))
	(row,) = listed(request, "Sky Lead Import")
	assert (row.document_name, row.count, row.action, row.way) == (doc.name, 1, "Erase", "Rows")
	assert "2" in row.reason, "how many rows of others stay"
	carry_out(request.name)
	assert not (left := where_found(person.marks)), "\n".join(left)
	with import_records_table(doc) as table:
		rows = list(table.rows)
	assert [row.line for row in rows] == [lines[0], lines[2]], "every other line is where it was"
	assert after.email in rows[1].cells and before.email in rows[0].cells
	for other in (before, after):
		assert frappe.db.exists("Sky Lead", {"email_id": other.email, "lead_name": other.name})
	file = frappe.get_doc("File", {"file_url": doc.file})
	assert file.file_size == len(on_disk(doc.file)) and file.content_hash
	assert [line for line, *_rest in import_records.outcomes(doc)] == lines, "the figures stay"


def import_records_table(doc):
	from skycrm.services import import_file

	return import_file.opened(doc.reload())


def test_cells_of_refused_rows_are_emptied_in_every_spelling():
	person, other = Person(), Person()
	bare = person.mobile[1:]
	rows = [
		somebody(person, **{"Email": "sai-dia-chi", "Ghi chú": "bí mật của An"}),
		somebody(other, **{"Email": "cung-sai", "Ghi chú": "việc khác"}),
		["", "khong-phai", bare, "số mất số không"],
	]
	doc = import_records.new_import(import_records.as_csv([HEADERS, *rows]))
	doc = import_records.run(doc)
	for line in (2, 4):
		# As a row that was refused keeps its cells, whatever the rules of the day refuse.
		frappe.db.set_value(
			"Sky Lead Import Row",
			f"{doc.name}-{line:07d}",
			{"cells": json.dumps(rows[line - 2]), "outcome": "Refused", "reason": f"xem {person.mobile}"},
		)
	frappe.db.set_value(
		"Sky Lead Import Row", f"{doc.name}-0000003", {"cells": json.dumps(rows[1]), "outcome": "Refused"}
	)
	request = requests.preview(ask("Erasure", phone=person.mobile))
	assert [row.count for row in request.records if row.document_type == "Sky Lead Import Row"] == [2]
	carry_out(request.name)
	cells = frappe.get_all(
		"Sky Lead Import Row", {"lead_import": doc.name}, ["line", "cells", "reason"], order_by="line"
	)
	assert [bool(row.cells) for row in cells] == [False, True, False]
	assert json.loads(cells[1].cells) == rows[1]
	assert cells[0].reason == "Erased on request"


def test_a_row_that_became_the_person_goes_though_it_names_no_address():
	person, other = Person(), Person()
	content = import_records.as_csv([HEADERS, [person.name, "", "", "chưa có số"], somebody(other)])
	doc = import_records.imported(content)
	lead = frappe.get_doc("Sky Lead", {"lead_name": person.name})
	lead.update({"email_id": person.email}).save()
	carry_out(ask("Erasure", email_id=person.email))
	assert person.marks[0].encode() not in on_disk(doc.file)
	assert other.email.encode() in on_disk(doc.file)


@pytest.mark.commits
def test_a_resumed_import_goes_on_where_it_was_without_the_person():
	people = [Person() for _number in range(6)]
	person = people[4]
	doc = import_records.new_import(import_records.as_csv([HEADERS, *(somebody(one) for one in people)]))
	url, request = doc.file, None
	try:
		import_actions.start(doc.name)
		stopped = stop_after(doc, rows=2)
		assert (stopped.status, stopped.last_line) == ("Stopped", 3)
		request = carry_out(ask("Erasure", email_id=person.email))
		doc.reload()
		assert doc.last_line == 3 and doc.total_rows == 5
		import_actions.resume(doc.name)
		import_run.run(doc.name, frappe.db.commit)
		doc.reload()
		assert (doc.status, doc.made, doc.message) == ("Done", 5, None)
		made = {one.email for one in people if frappe.db.exists("Sky Lead", {"email_id": one.email})}
		assert made == {one.email for one in people} - {person.email}
		assert not (left := where_found(person.marks)), "\n".join(left)
	finally:
		frappe.db.rollback()
		forget_request(request)
		import_records.remove([doc])
		stored_files.delete([url])
		frappe.db.commit()


@pytest.mark.commits
def test_killed_with_the_file_changed_and_nothing_committed_it_goes_on(site):
	people = [Person() for _number in range(4)]
	person = people[3]
	doc = import_records.new_import(
		import_records.as_csv([HEADERS, *(somebody(one) for one in people)]), f"{person.email}.csv"
	)
	urls, request = [doc.file], None
	try:
		import_actions.start(doc.name)
		stop_after(doc, rows=2)
		request = requests.preview(ask("Erasure", email_id=person.email))
		requests.start(request.name, request.name)
		frappe.db.commit()
		for step in ("write_lists", "replace_lists", "choose_names", "give_names"):
			done = run_in_process(site, request.name, killed_after=step)
			assert done.returncode == -signal.SIGKILL, done.stderr[-2000:]
			frappe.db.rollback()
			assert frappe.db.get_value(DOCTYPE, request.name, "status") == "Running"
		assert run_in_process(site, request.name).returncode == 0
		frappe.db.rollback()
		doc.reload()
		urls.append(doc.file)
		assert "erased-" in doc.file and person.email.encode() not in on_disk(doc.file)
		assert not list(Path(stored_files.path_of(doc.file)).parent.glob(f"*{request.name}*"))
		import_actions.resume(doc.name)
		import_run.run(doc.name, frappe.db.commit)
		assert (doc.reload().status, doc.made) == ("Done", 3)
		assert not (left := where_found(person.marks)), "\n".join(left)
	finally:
		frappe.db.rollback()
		forget_request(request)
		import_records.remove([doc])
		stored_files.delete(urls)
		frappe.db.commit()


def forget_request(request) -> None:
	if request:
		frappe.db.delete("Sky Suppression", {"note": request.name})
		frappe.db.delete("Sky Personal Data Record", {"parent": request.name})
		frappe.db.delete(DOCTYPE, {"name": request.name})


def stop_after(doc, rows: int):
	"""Run an import until it has taken some rows, then stop it as a user does."""
	chunk = import_run.CHUNK
	import_run.CHUNK = rows
	commits = []

	def commit():
		frappe.db.commit()
		commits.append(frappe.db.get_value("Sky Lead Import", doc.name, "last_line"))
		if commits[-1] == rows + 1 and commits.count(rows + 1) == 1:
			import_actions.stop(doc.name)
			frappe.db.commit()

	try:
		import_run.run(doc.name, commit)
	finally:
		import_run.CHUNK = chunk
	return doc.reload()


def test_an_import_at_work_is_stopped_and_the_lead_it_made_meanwhile_goes_too():
	person, other = Person(), Person()
	content = import_records.as_csv([HEADERS, somebody(person), somebody(other)])
	doc = import_records.new_import(content)
	import_actions.start(doc.name)
	name = ask("Erasure", email_id=person.email)
	requests.preview(name)
	requests.start(name, name)
	# The worker is quicker than the job of the request.
	import_run.run(doc.name, frappe.db.commit)
	import_status_running(doc)
	assert frappe.db.exists("Sky Lead", {"email_id": person.email})
	while requests.run_step(name):
		pass
	doc.reload()
	assert doc.status == "Stopped" and "resumed" in doc.message
	assert not (left := where_found(person.marks)), "\n".join(left)
	import_actions.resume(doc.name)
	import_run.run(doc.name, frappe.db.commit)
	assert not frappe.db.exists("Sky Lead", {"email_id": person.email})
	assert frappe.db.exists("Sky Lead", {"email_id": other.email})


def import_status_running(doc) -> None:
	frappe.db.set_value("Sky Lead Import", doc.name, "status", import_status.RUNNING)


def test_an_import_that_has_not_begun_counts_its_rows_anew():
	person, other = Person(), Person()
	doc = import_records.dry_run(
		import_records.new_import(import_records.as_csv([HEADERS, somebody(person), somebody(other)]))
	)
	assert doc.total_rows == 2
	carry_out(ask("Erasure", email_id=person.email))
	assert import_records.run(doc.reload()).made == 1


def test_a_list_that_cannot_be_rewritten_waits_for_a_decision_and_goes_as_a_whole():
	person, other = Person(), Person()
	doc = import_records.new_import(import_records.as_csv([somebody(person), somebody(other)]))
	make.lead(lead_name=person.name, email_id=person.email)
	name = ask("Erasure", email_id=person.email)
	(row,) = listed(requests.preview(name), "Sky Lead Import")
	assert (row.action, row.way) == ("Decide", "Whole File") and "headers" in row.reason
	with pytest.raises(frappe.ValidationError) as error:
		requests.start(name, name)
	assert doc.file.rpartition("/")[2] in str(error.value)
	assert frappe.db.exists("Sky Lead", {"email_id": person.email}), "nothing is half done"
	path = Path(stored_files.path_of(doc.file))
	carry_out(name, files="Erase")
	assert not path.exists() and not frappe.db.exists("File", {"file_url": doc.file})
	with pytest.raises(frappe.DoesNotExistError):
		import_actions.start(doc.name)


def test_a_kept_import_keeps_its_file_and_rows():
	person, other = Person(), Person()
	doc = import_records.imported(import_records.as_csv([HEADERS, somebody(person), somebody(other)]))
	before = on_disk(doc.file)
	name = ask("Erasure", email_id=person.email)
	request = requests.preview(name)
	(row,) = listed(request, "Sky Lead Import")
	row.action, row.reason = "Keep", "Court case"
	request.save()
	requests.start(name, name)
	while requests.run_step(name):
		pass
	assert on_disk(doc.file) == before
	assert f"Kept: Sky Lead Import {doc.name}" in frappe.db.get_value(DOCTYPE, name, "log")


# Other files
# -----------


def test_attachments_that_name_the_person_wait_for_a_decision():
	person = Person()
	make.lead(lead_name=person.name, email_id=person.email)
	note = frappe.get_doc({"doctype": "Note", "title": frappe.generate_hash(length=9)}).insert()
	about = ("Note", note.name)
	kept = attach("bien-ban.txt", f"Có {person.email} dự họp", *about)
	gone = attach("thu.eml", f"To: {person.email}\n\nChào", *about)
	table = attach("dien-thoai.csv", f"ten,email\nA,a.{person.email}\nB,{person.email}\n", *about)
	plain = attach("khac.html", "<p>không có ai</p>", *about)
	closed = attach("anh.png", b"\x89PNG" + person.email.encode(), *about)
	request = requests.preview(ask("Erasure", email_id=person.email))
	rows = {row.document_name: row for row in listed(request, "File")}
	assert {name: (row.action, row.way) for name, row in rows.items()} == {
		kept.name: ("Decide", "Whole File"),
		gone.name: ("Decide", "Whole File"),
		table.name: ("Decide", "Rows"),
	}
	assert note.name in rows[kept.name].reason
	(unread,) = [row for row in request.records if row.document_type == "File" and not row.document_name]
	assert "PNG" in unread.reason and unread.action == "Keep"
	for name, action in ((kept.name, "Keep"), (gone.name, "Erase"), (table.name, "Erase")):
		rows[name].action = action
	request.save()
	requests.start(request.name, request.name)
	while requests.run_step(request.name):
		pass
	assert person.email.encode() in on_disk(kept.file_url)
	assert not frappe.db.exists("File", gone.name)
	assert on_disk(table.file_url).decode() == f"ten,email\nA,a.{person.email}\n\n"
	assert frappe.db.exists("File", plain.name) and on_disk(closed.file_url)


def test_a_file_of_the_persons_own_work_whose_text_is_closed_is_named():
	person = Person()
	lead = make.lead(lead_name=person.name, email_id=person.email)
	from skycrm.services import conversion

	made = conversion.convert(lead.name)
	scan = attach("cmnd.pdf", empty_pdf(), "Sky Opportunity", made["opportunity"])
	request = requests.preview(ask("Erasure", email_id=person.email))
	(row,) = [row for row in listed(request, "File") if row.document_name == scan.name]
	assert (row.action, row.way) == ("Keep", "Whole File") and "searched" in row.reason
	row.action = "Erase"
	request.save()
	carry_out_started(request.name)
	assert not frappe.db.exists("File", scan.name)


def carry_out_started(name: str) -> None:
	requests.start(name, name)
	while requests.run_step(name):
		pass


def test_a_name_of_a_file_that_tells_is_changed_everywhere():
	person = Person()
	make.lead(lead_name=person.name, email_id=person.email)
	note = frappe.get_doc({"doctype": "Note", "title": frappe.generate_hash(length=9)}).insert()
	file = attach(f"{person.email}.txt", "không có gì", "Note", note.name)
	note.db_set("content", f'<a href="{file.file_url}">tệp</a>')
	carry_out(ask("Erasure", email_id=person.email), files="Keep")
	after = frappe.get_doc("File", file.name)
	assert after.file_name.startswith("erased-") and after.file_name.endswith(".txt")
	assert on_disk(after.file_url) == "không có gì".encode()
	assert after.file_url in frappe.db.get_value("Note", note.name, "content")
	assert not (left := where_found(person.marks)), "\n".join(left)


def test_a_brochure_that_hangs_on_many_leads_stays_with_the_others():
	person, other = Person(), Person()
	leads = [make.lead(lead_name=one.name, email_id=one.email) for one in (person, other)]
	content = frappe.generate_hash(length=40)
	files = [attach("gioi-thieu.txt", content, "Sky Lead", lead.name) for lead in leads]
	assert files[0].file_url == files[1].file_url, "the framework stores equal files once"
	carry_out(ask("Erasure", email_id=person.email))
	assert not frappe.db.exists("File", files[0].name)
	assert on_disk(frappe.db.get_value("File", files[1].name, "file_url")).decode() == content


def test_an_earlier_export_of_the_person_goes_too():
	person = Person()
	lead = make.lead(lead_name=person.name, email_id=person.email)
	export = carry_out(ask("Export", lead=lead.name))
	looked_at = requests.preview(ask("Erasure", email_id=person.email))
	others = carry_out(ask("Export", lead=make.lead(lead_name="Ai đó khác", email_id=Person().email).name))
	path = Path(stored_files.path_of(export.result_file))
	assert path.exists()
	request = requests.preview(ask("Erasure", email_id=person.email))
	assert [(row.action, row.way) for row in listed(request, "File")] == [("Erase", "Whole File")]
	carry_out(request.name)
	assert not path.exists()
	assert not (left := where_found(person.marks)), "\n".join(left)
	assert [frappe.db.get_value(DOCTYPE, one.name, "status") for one in (export, looked_at, others)] == [
		"Done",
		"Draft",
		"Done",
	]
	assert frappe.db.get_value(DOCTYPE, others.name, "result_file")


def test_the_export_holds_the_persons_rows_and_nobody_elses():
	person, other = Person(), Person()
	import_records.imported(
		import_records.as_csv([HEADERS, somebody(person, **{"Ghi chú": "thích màu đỏ"}), somebody(other)])
	)
	request = carry_out(ask("Export", email_id=person.email))
	content = frappe.get_doc("File", {"file_url": request.result_file}).get_content()
	archive = zipfile.ZipFile(io.BytesIO(content))
	whole = archive.read("data.json").decode()
	(row,) = json.loads(whole)["Sky Lead Import"]
	assert row["Ghi chú"] == "thích màu đỏ" and row["line"] == 2
	assert json.loads(whole)["Sky Lead Import Row"][0]["outcome"] == "Made"
	assert other.email not in whole and "thích màu đỏ" in archive.read("data.html").decode()
	assert {row.action for row in request.records} == {"Export"}


# The search
# ----------


def test_a_long_search_goes_on_in_a_job_and_ends_with_the_same_list(monkeypatch):
	person = Person()
	make.lead(lead_name=person.name, email_id=person.email)
	files = [attach(f"{number}.txt", f"{number} {person.email}") for number in range(4)]
	monkeypatch.setattr(requests, "SECONDS_OF_PREVIEW", 0)
	monkeypatch.setattr(requests, "SECONDS_OF_STEP", 0)
	name = ask("Erasure", email_id=person.email)
	request = requests.preview(name)
	assert request.status == "Searching" and not listed(request, "File")
	assert name in requests.waiting(), "the sweeper takes it up after a kill"
	with pytest.raises(frappe.ValidationError):
		requests.start(name, name)
	steps = 0
	while requests.run_step(name):
		steps += 1
	request.reload()
	assert steps >= 3 and request.status == "Previewed"
	assert {row.document_name for row in listed(request, "File")} == {file.name for file in files}


def test_a_file_too_large_to_be_searched_is_counted(monkeypatch):
	person = Person()
	make.lead(lead_name=person.name, email_id=person.email)
	attach("to.txt", person.email * 100)
	monkeypatch.setattr(people_files, "MOST_SEARCHED", 1000)
	request = requests.preview(ask("Erasure", email_id=person.email))
	assert not listed(request, "File")
	assert any("files over" in (row.reason or "") for row in request.records)
