"""Lists from files: what becomes of each row, that nothing is made twice, and who may do it."""

from __future__ import annotations

import csv
import io
import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from factories import make_customer, make_lead, unique
from import_records import as_csv, counts, dry_run, imported, new_import, outcomes, queue, remove, run, upload
from openpyxl import Workbook, load_workbook
from people import only

import frappe

from skycrm.jobs import lead_import as jobs
from skycrm.services import (
	import_actions,
	import_outcome,
	import_preview,
	import_run,
	import_status,
	lead_keys,
)
from skycrm.services.messages import ConflictError

HEADERS = ["Họ tên", "Di động", "Email", "Công ty", "Khu vực", "Ngày sinh", "Đánh giá", "Ghi chú"]


def phone() -> str:
	return f"091{int(frappe.generate_hash(length=7), 16) % 10_000_000:07d}"


def person(**cells: str) -> list[str]:
	"""Return a good row of somebody new; cells by header."""
	values = {
		"Họ tên": f"Nguyễn Văn {frappe.generate_hash(length=8)}",
		"Di động": phone(),
		"Email": f"{frappe.generate_hash(length=10)}@import.example.com",
	}
	return [{**values, **cells}.get(header, "") for header in HEADERS]


def a_list(*rows: list[str]) -> str:
	return as_csv([HEADERS, *rows])


def manager() -> str:
	return only("import.manager@example.com", "Sky Sales Manager")


def seller() -> str:
	return only("import.seller@example.com", "Sky Sales User")


class TestMade:
	def test_a_row_becomes_a_lead_with_everything_that_the_form_would_have_set(self):
		row = person(
			**{
				"Công ty": "Công ty TNHH Nhập Tệp",
				"Khu vực": "vietnam",
				"Ngày sinh": "21/11/1990",
				"Đánh giá": "Nóng",
			}
		)
		done = imported(a_list(row), source="Import")
		assert counts(done) == (1, 0, 0, 0)
		lead = frappe.get_doc("Sky Lead", outcomes(done)[0][2])
		by_form = make_lead(
			lead_name="Nguyễn Văn Mẫu",
			organization="Công ty TNHH Nhập Tệp",
			territory="Vietnam",
			birth_date="1990-11-21",
			rating="Hot",
			mobile_no=phone(),
			email_id=f"{frappe.generate_hash(length=9)}@import.example.com",
			source="Import",
		)
		differs = {
			"name",
			"creation",
			"modified",
			"lead_name",
			"mobile_no",
			"email_id",
			"first_name",
			"middle_name",
			"last_name",
			"email_key",
			"phone_key",
			"name_key",
			"name_key_back",
			"search_text",
			"next_contact_on",
			"lead_owner",
			"team",
			"score_updated_on",
			"idx",
		}
		for field in frappe.get_meta("Sky Lead").get_valid_columns():
			if field not in differs and not field.startswith("_"):
				assert (lead.get(field) or None) == (by_form.reload().get(field) or None), field
		assert lead.email_key == row[2]
		assert lead.phone_key == f"+84{row[1][1:]}"
		assert bool(lead.next_contact_on) == bool(by_form.next_contact_on)

	def test_keys_first_touch_and_state_are_written_as_by_any_door(self):
		done = imported(a_list(person()))
		name = outcomes(done)[0][2]
		lead = frappe.get_doc("Sky Lead", name)
		assert set(lead_keys.owners(lead_keys.keys_of(lead)).values()) == {name}
		touches = frappe.get_all(
			"Sky Lead Touch", {"lead": name}, ["first", "door", "reference_name", "content"]
		)
		assert [(row.first, row.door, row.reference_name) for row in touches] == [
			(1, "File Import", done.name)
		]
		assert "Họ tên" in json.loads(touches[0].content)
		assert frappe.db.count("Workflow Action", {"reference_name": name, "status": "Completed"}) == 1
		lead.job_title = "Giám đốc"
		lead.save()
		assert not frappe.db.count("Workflow Action", {"reference_name": name, "status": "Open"})

	def test_names_follow_the_series_and_the_next_lead_by_hand_goes_on(self):
		done = imported(a_list(*(person() for _ in range(3))))
		names = [row[2] for row in outcomes(done)]
		numbers = [int(name.rsplit("-", 1)[1]) for name in names]
		assert numbers == list(range(numbers[0], numbers[0] + 3))
		assert make_lead().name.endswith(f"{numbers[-1] + 1:05d}")

	def test_defaults_of_the_import_fill_what_the_file_leaves_open(self):
		owner = seller()
		done = imported(a_list(person()), source="Trade Fair", lead_owner=owner, tags="vip, Hà Nội")
		lead = frappe.get_doc("Sky Lead", outcomes(done)[0][2])
		assert (lead.source, lead.lead_owner) == ("Trade Fair", owner)
		assert sorted(lead.get_tags()) == ["Hà Nội", "vip"]
		assert frappe.get_list("Sky Lead", {"_user_tags": ("like", "%vip%"), "name": lead.name})

	def test_leads_of_an_import_have_no_owner_of_their_own(self, as_user):
		with as_user(manager()):
			done = imported(a_list(person()))
		assert not frappe.db.get_value("Sky Lead", outcomes(done)[0][2], "lead_owner")

	def test_invalid_addresses_are_kept_and_marked(self):
		done = imported(a_list(person(**{"Email": "không có", "Di động": "12"})))
		assert (counts(done), done.flagged) == ((1, 0, 0, 0), 1)
		lead = frappe.get_doc("Sky Lead", outcomes(done)[0][2])
		assert (lead.email_id, lead.mobile_no, lead.email_key, lead.phone_key) == (
			"không có",
			"12",
			None,
			None,
		)
		assert len(lead.data_issues.splitlines()) == 2

	def test_consents_go_into_the_ledger(self):
		text = as_csv(
			[
				["Họ tên", "Email", "Đồng ý nhận email"],
				["An", f"{frappe.generate_hash(length=8)}@x.vn", "có"],
				["Bình", f"{frappe.generate_hash(length=8)}@x.vn", "không"],
			]
		)
		done = imported(text)
		first, second = (row[2] for row in outcomes(done))
		assert frappe.db.get_value("Sky Lead", first, "email_consent") == "Granted"
		assert frappe.db.get_value("Sky Lead", second, "email_consent") == "Refused"
		rows = frappe.get_all(
			"Sky Consent Record", {"lead": ("in", [first, second])}, ["answer", "reference_name"]
		)
		assert {(row.answer, row.reference_name) for row in rows} == {
			("Granted", done.name),
			("Refused", done.name),
		}

	def test_a_chunk_costs_no_statement_per_row(self, statements):
		small, large = (
			new_import(a_list(*(person() for _ in range(20)))),
			new_import(a_list(*(person() for _ in range(200)))),
		)
		seen = []
		for doc in (small, large):
			import_actions.start(doc.name)
			statements.clear()
			import_run.run(doc.name, frappe.db.commit)
			seen.append(len(statements))
			assert doc.reload().refused == 0
		assert seen[1] <= seen[0] + 6


class TestRefused:
	@pytest.mark.parametrize(
		("header", "text", "word"),
		[
			("Đánh giá", "Sôi", "Hot"),
			("Ngày sinh", "31/02/1990", "31/02/1990"),
			("Ngày sinh", "hôm qua", "21/11/2026"),
			("Khu vực", "Sao Hỏa", "Sao Hỏa"),
			("Công ty", "x" * 141, "140"),
		],
	)
	def test_what_a_field_cannot_hold(self, header, text, word):
		before = frappe.db.count("Sky Lead")
		done = imported(a_list(person(**{header: text}), person()))
		assert counts(done) == (1, 0, 0, 1)
		assert outcomes(done)[0] == (2, "Refused", None, header)
		reason = frappe.db.get_value("Sky Lead Import Row", {"lead_import": done.name, "line": 2}, "reason")
		assert header in reason and word in reason
		assert frappe.db.count("Sky Lead") == before + 1

	def test_rows_that_the_reader_refuses(self):
		good = a_list(person(), person(), person(), person()).encode().splitlines(keepends=True)
		good[2] = good[2].replace(b"Nguy", b"Ng\xff\xfe", 1)
		good[3] = b'"' + good[3]
		good[4] = good[4].rstrip(b"\r\n") + b"x" * 1_000_000 + b"\r\n"
		done = imported(b"".join(good))
		assert counts(done) == (1, 0, 0, 3)
		assert [(line, outcome, header) for line, outcome, _lead, header in outcomes(done)] == [
			(2, "Made", None),
			(3, "Refused", "Họ tên"),
			(4, "Refused", "Họ tên"),
			(5, "Refused", "Ghi chú"),
		]

	def test_a_row_that_names_nobody(self):
		done = imported(a_list(["", "", "", "", "", "21/11/1990", "", ""]))
		assert counts(done) == (0, 0, 0, 1)

	def test_user_permissions_hold_for_links(self, as_user):
		frappe.get_doc(
			{"doctype": "Territory", "territory_name": "Vùng cấm nhập", "parent_territory": "All Territories"}
		).insert(ignore_if_duplicate=True)
		user = only("import.narrow@example.com", "Sky Sales Manager")
		frappe.permissions.add_user_permission("Territory", "Vietnam", user)
		with as_user(user):
			done = imported(a_list(person(**{"Khu vực": "Vùng cấm nhập"}), person(**{"Khu vực": "Vietnam"})))
		assert [row[1] for row in outcomes(done)] == ["Refused", "Made"]


class TestKnownPeople:
	def test_attach_notes_the_arrival_and_fills_only_what_is_empty(self):
		known = make_lead(email_id=f"{frappe.generate_hash(length=9)}@x.vn", job_title="Kế toán")
		row = person(**{"Họ tên": known.lead_name, "Email": known.email_id.upper(), "Công ty": "Công ty Mới"})
		before = frappe.db.count("Sky Lead")
		done = imported(a_list(row), policy="Attach")
		assert counts(done) == (0, 1, 0, 0)
		assert outcomes(done)[0][:3] == (2, "Attached", known.name)
		assert frappe.db.count("Sky Lead") == before
		known.reload()
		assert (known.organization, known.job_title, known.mobile_no) == ("Công ty Mới", "Kế toán", row[1])
		assert frappe.db.count("Sky Lead Touch", {"lead": known.name, "door": "File Import", "first": 0}) == 1

	@pytest.mark.parametrize(("policy", "expected"), [("Skip", (0, 0, 1, 0)), ("Refuse", (0, 0, 0, 1))])
	def test_skip_and_refuse_change_nothing(self, policy, expected):
		known = make_lead(mobile_no=phone())
		stamp = frappe.db.get_value("Sky Lead", known.name, "modified")
		done = imported(
			a_list(person(**{"Họ tên": known.lead_name, "Di động": known.mobile_no})), policy=policy
		)
		assert counts(done) == expected
		assert frappe.db.get_value("Sky Lead", known.name, "modified") == stamp
		assert not frappe.db.count("Sky Lead Touch", {"lead": known.name, "door": "File Import"})

	@pytest.mark.parametrize("policy", ["Attach", "Skip", "Refuse"])
	def test_the_same_person_twice_in_one_file(self, policy):
		row = person()
		again = person(**{"Họ tên": row[0], "Di động": f"+84 {row[1][1:]}", "Ghi chú": "gọi lại"})
		done = imported(a_list(row, again), policy=policy)
		word = {"Attach": "Attached", "Skip": "Skipped", "Refuse": "Refused"}[policy]
		assert [item[1] for item in outcomes(done)] == ["Made", word]
		reason = frappe.db.get_value("Sky Lead Import Row", {"lead_import": done.name, "line": 3}, "reason")
		assert "2" in reason

	def test_the_same_person_in_another_chunk(self, monkeypatch):
		monkeypatch.setattr(import_run, "CHUNK", 2)
		row = person()
		done = imported(a_list(row, person(), person(), person(**{"Họ tên": row[0], "Email": row[2]})))
		assert counts(done) == (3, 1, 0, 0)
		assert outcomes(done)[3][2] == outcomes(done)[0][2]

	def test_one_number_of_two_people_makes_two_leads(self):
		shared = phone()
		done = imported(
			a_list(
				person(**{"Họ tên": "Trần Thị Lan", "Di động": shared}),
				person(**{"Họ tên": "Phạm Quốc Hùng", "Di động": shared}),
			)
		)
		assert counts(done) == (2, 0, 0, 0)

	def test_customers_are_known_too(self):
		email = f"{frappe.generate_hash(length=9)}@x.vn"
		contact = frappe.get_doc(
			{
				"doctype": "Contact",
				"first_name": "Khách",
				"links": [{"link_doctype": "Customer", "link_name": make_customer()}],
			}
		)
		contact.add_email(email, is_primary=True)
		contact.insert()
		assert counts(imported(a_list(person(**{"Email": email})), policy="Refuse")) == (0, 0, 0, 1)
		assert counts(imported(a_list(person(**{"Email": email})), policy="Skip")) == (0, 0, 1, 0)

	def test_the_id_of_an_export_tells_the_lead(self):
		known = make_lead()
		done = imported(as_csv([["ID", "Full Name"], [known.name, known.lead_name]]))
		assert outcomes(done)[0][:3] == (2, "Attached", known.name)


class TestAgain:
	def test_the_same_file_adds_nothing_and_changes_nothing(self):
		rows = [person(), person(**{"Khu vực": "Sao Hỏa"}), person(**{"Email": "", "Di động": ""})]
		first = imported(a_list(*rows))
		stamp = frappe.db.sql("select count(*), max(modified) from `tabSky Lead`")
		touches = frappe.db.count("Sky Lead Touch")
		second = imported(a_list(*rows))
		assert (counts(first), counts(second)) == ((2, 0, 0, 1), (0, 0, 2, 1))
		assert frappe.db.sql("select count(*), max(modified) from `tabSky Lead`") == stamp
		assert frappe.db.count("Sky Lead Touch") == touches

	def test_the_same_rows_in_another_order_and_kind_of_file(self):
		rows = [person(), person()]
		imported(a_list(*rows))
		book = Workbook()
		for row in [HEADERS[::-1], *(row[::-1] for row in rows[::-1])]:
			book.active.append(row)
		data = io.BytesIO()
		book.save(data)
		assert counts(imported(data.getvalue(), "list.xlsx")) == (0, 0, 2, 0)

	@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
	def test_the_file_of_refused_rows_is_fixed_and_sent_again_as_it_is(self, file_format):
		risky = "=HYPERLINK(1)"
		bad = person(**{"Đánh giá": "Sôi", "Ghi chú": risky})
		first = imported(a_list(person(), bad), policy="Attach")
		assert counts(first) == (1, 0, 0, 1)
		name, content = import_outcome.build(first, "refused", file_format)
		if file_format == "csv":
			assert f"'{risky}" in content.decode("utf-8-sig")
			fixed = content.replace("Sôi".encode(), "Nóng".encode())
		else:
			book = load_workbook(io.BytesIO(content))
			for row in book.active.iter_rows():
				for cell in row:
					assert cell.data_type != "f"
					cell.value = "Nóng" if cell.value == "Sôi" else cell.value
			data = io.BytesIO()
			book.save(data)
			fixed = data.getvalue()
		second = imported(fixed, name.replace(" ", "-"))
		assert counts(second) == (1, 0, 0, 0)
		lead = frappe.get_doc("Sky Lead", outcomes(second)[0][2])
		assert (lead.lead_name, lead.rating, frappe.utils.strip_html(lead.notes)) == (bad[0], "Hot", risky)

	def test_an_own_export_comes_back_by_itself(self, as_user):
		first = imported(a_list(person(**{"Công ty": "=1+1", "Đánh giá": "Nóng"})))
		name = outcomes(first)[0][2]
		for language in ("en", "vi"):
			frappe.local.lang = language
			frappe.local.form_dict = frappe._dict(
				doctype="Sky Lead",
				fields=json.dumps(
					[
						"name",
						"lead_name",
						"organization",
						"mobile_no",
						"email_id",
						"rating",
						"status",
						"score",
						"territory",
					]
				),
				filters=json.dumps({"name": name}),
				file_format_type="CSV",
				title="Sky Lead",
			)
			frappe.get_attr(
				frappe.get_hooks("override_whitelisted_methods")["frappe.desk.reportview.export_query"][-1]
			)()
			content = frappe.response["filecontent"]
			back = new_import(content)
			assert {column["why"] for column in import_preview.preview(back)["columns"]} <= {"own", "header"}
			done = run(back)
			# The second time it is the very same row, whatever its headers are called.
			assert counts(done) == ((0, 1, 0, 0) if language == "en" else (0, 0, 1, 0))
			assert outcomes(done)[0][2] == name
			assert not frappe.db.get_value("Sky Lead Touch", {"reference_name": done.name}, "differing")

	def test_leads_deleted_since_may_come_again(self):
		text = a_list(person())
		first = imported(text)
		frappe.delete_doc("Sky Lead", outcomes(first)[0][2])
		assert counts(imported(text)) == (1, 0, 0, 0)


class TestDryRun:
	def test_it_says_the_same_and_writes_no_lead(self):
		known = make_lead(mobile_no=phone())
		row = person()
		text = a_list(
			row,
			person(**{"Họ tên": row[0], "Email": row[2]}),
			person(**{"Họ tên": known.lead_name, "Di động": known.mobile_no}),
			person(**{"Khu vực": "Sao Hỏa"}),
			row,
		)
		before = [frappe.db.count(doctype) for doctype in ("Sky Lead", "Sky Lead Touch", "Sky Lead Key")]
		series = frappe.db.sql("select current from tabSeries where name like 'SKY-LEAD-%'")
		doc = dry_run(new_import(text))
		assert doc.status == "Checked"
		said = counts(doc)
		assert said == (1, 2, 1, 1)
		assert [
			frappe.db.count(doctype) for doctype in ("Sky Lead", "Sky Lead Touch", "Sky Lead Key")
		] == before
		assert frappe.db.sql("select current from tabSeries where name like 'SKY-LEAD-%'") == series
		assert counts(run(doc)) == said
		assert doc.status == "Done"

	def test_rows_that_were_only_tried_are_no_news_to_another_import(self):
		known = make_lead(mobile_no=phone())
		text = a_list(person(**{"Họ tên": known.lead_name, "Di động": known.mobile_no}))
		assert counts(dry_run(new_import(text))) == (0, 1, 0, 0)
		assert counts(imported(text)) == (0, 1, 0, 0)
		assert counts(imported(text)) == (0, 0, 1, 0)


class TestSteps:
	def test_columns_are_guessed_shown_and_changed(self):
		doc = new_import(as_csv([["Khách", "Cột lạ"], ["An", "0912345678"]]))
		shown = import_preview.preview(doc)
		assert [column["field"] for column in shown["columns"]] == ["lead_name", "-"]
		shown = import_actions.set_columns(doc.name, ["lead_name", "mobile_no"])
		assert [column["field"] for column in shown["columns"]] == ["lead_name", "mobile_no"]
		assert shown["rows"][0]["outcome"] == "Made"

	def test_a_mapping_is_suggested_again_for_the_same_headers(self):
		odd = unique("Cột")
		text = as_csv([["Khách", odd], [person()[0], phone()]])
		doc = new_import(text)
		import_actions.set_columns(doc.name, ["lead_name", "mobile_no"])
		run(doc)
		shown = import_preview.preview(new_import(as_csv([["KHÁCH", odd.upper()], ["Bình", "0"]])))
		again = import_preview.preview(new_import(text))
		assert [(column["field"], column["why"]) for column in again["columns"]] == [
			("lead_name", "saved"),
			("mobile_no", "saved"),
		]
		assert shown["columns"][1]["field"] == "mobile_no"

	def test_two_columns_for_one_field_are_refused(self):
		doc = new_import(as_csv([["A", "B"], ["1", "2"]]))
		with pytest.raises(frappe.ValidationError, match="A"):
			import_actions.set_columns(doc.name, ["email_id", "email_id"])
		with pytest.raises(frappe.ValidationError):
			import_actions.set_columns(doc.name, ["status", "-"])
		with pytest.raises(frappe.ValidationError):
			import_actions.set_columns(doc.name, ["-"])
		with pytest.raises(frappe.ValidationError, match="column"):
			import_actions.start(doc.name)

	def test_a_started_import_is_not_started_again_nor_changed(self):
		doc = imported(a_list(person()))
		for step in (import_actions.start, import_actions.check, import_actions.resume, import_actions.stop):
			with pytest.raises(ConflictError):
				step(doc.name)
		doc.policy = "Skip"
		with pytest.raises(frappe.ValidationError, match="Done"):
			doc.save()

	def test_a_second_start_at_the_same_moment_does_not_begin_anew(self, monkeypatch):
		doc = new_import(a_list(person(), person()))
		import_actions.set_columns(doc.name, [row["field"] for row in import_preview.preview(doc)["columns"]])
		stale = frappe.get_doc("Sky Lead Import", doc.name)
		import_actions.start(doc.name)
		import_status.move(doc.name, import_status.RUNNING, run_token="x", last_line=2)
		# The other one had read the import before the first click reached it.
		monkeypatch.setattr(import_actions, "loaded", lambda *_args: stale)
		for step in (import_actions.start, import_actions.check, import_actions.resume):
			with pytest.raises(ConflictError):
				step(doc.name)
		assert (doc.reload().status, doc.last_line, doc.attempt) == ("Running", 2, 1)

	def test_a_change_after_a_dry_run_takes_its_outcome_back(self):
		doc = dry_run(new_import(a_list(person(), person(**{"Khu vực": "Sao Hỏa"}))))
		assert (doc.status, doc.made, doc.refused) == ("Checked", 1, 1)
		doc.save()
		assert doc.reload().status == "Checked", "nothing was changed"
		doc.policy = "Skip"
		doc.save()
		assert (doc.reload().status, doc.made, doc.refused) == ("Draft", 0, 0)
		assert not frappe.db.count("Sky Lead Import Row", {"lead_import": doc.name})
		dry_run(doc)
		fields = [row.field for row in doc.columns]
		import_actions.set_columns(doc.name, fields)
		assert doc.reload().status == "Checked"
		fields[4] = "-"
		import_actions.set_columns(doc.name, fields)
		assert (doc.reload().status, doc.refused) == ("Draft", 0)

	@pytest.mark.parametrize("columns", [["lead_name", "lead_name"], ["lead_name", "status"]])
	def test_columns_written_past_the_form_are_checked(self, columns):
		doc = new_import(as_csv([["A", "B"], ["1", "2"]]))
		for position, field in enumerate(columns, start=1):
			doc.append("columns", {"position": position, "header": "AB"[position - 1], "field": field})
		with pytest.raises(frappe.ValidationError):
			doc.save()

	def test_two_columns_of_tags_are_joined_and_nothing_of_a_row_is_lost(self):
		row = person()
		text = as_csv([["Họ tên", "Thẻ", "Nhãn", "Ghi chú", "Ghi chú"], [row[0], "vip", "mới", "một", "hai"]])
		doc = new_import(text)
		import_actions.set_columns(doc.name, ["lead_name", "_tags", "_tags", "notes", "notes"])
		done = run(doc)
		lead = frappe.get_doc("Sky Lead", outcomes(done)[0][2])
		assert sorted(lead.get_tags()) == ["mới", "vip"]
		assert "một" in lead.notes and "hai" in lead.notes
		content = json.loads(frappe.db.get_value("Sky Lead Touch", {"lead": lead.name}, "content"))
		assert content["Ghi chú"].split("\n") == ["một", "hai"]

	def test_headers_without_rows_are_not_started(self):
		doc = new_import(as_csv([HEADERS]))
		shown = import_preview.preview(doc)
		assert shown["rows"] == [] and "no rows" in shown["warnings"][0]
		for step in (import_actions.start, import_actions.check):
			with pytest.raises(frappe.ValidationError, match="no rows"):
				step(doc.name)
		assert doc.reload().status == "Draft"

	def test_an_empty_file_says_so(self):
		doc = new_import("x")
		path = frappe.get_doc("File", {"file_url": doc.file}).get_full_path()
		for content in ("", "\n\n", " ", ",,\n,,"):
			with open(path, "w") as handle:
				handle.write(content)
			for step in (lambda: import_preview.preview(doc), lambda: import_actions.start(doc.name)):
				with pytest.raises(frappe.ValidationError, match=r"empty|No line with headers"):
					step()

	def test_a_list_without_headers_does_not_lose_its_first_person(self):
		rows = [person()[:3], person()[:3]]
		doc = new_import(as_csv(rows))
		shown = import_preview.preview(doc)
		assert rows[0][1] in shown["warnings"][0]
		with pytest.raises(frappe.ValidationError, match=rows[0][1]):
			import_actions.start(doc.name)
		# Who names the line means it.
		doc.header_line = 1
		doc.save()
		assert not import_preview.preview(doc)["warnings"]

	@pytest.mark.commits
	def test_another_file_of_the_same_name_is_not_read_with_the_old_columns(self, made):
		first, second = person(), person()
		doc = made(new_import(as_csv([["Họ tên", "Email"], [first[0], first[2]]])))
		import_actions.set_columns(doc.name, ["lead_name", "email_id"])
		frappe.db.commit()
		path = frappe.get_doc("File", {"file_url": doc.file}).get_full_path()
		with open(path, "w") as handle:
			handle.write(as_csv([["Email", "Họ tên"], [second[2], second[0]]]))
		shown = import_preview.preview(doc.reload())
		assert [column["field"] for column in shown["columns"]] == ["email_id", "lead_name"]
		run(doc)
		lead = frappe.get_doc("Sky Lead", outcomes(doc)[0][2])
		assert (lead.lead_name, lead.email_id) == (second[0], second[2])

	@pytest.mark.commits
	def test_columns_that_changed_after_the_start_end_it(self, made):
		doc = made(new_import(a_list(person())))
		self.queued(doc)
		path = frappe.get_doc("File", {"file_url": doc.file}).get_full_path()
		with open(path, "w") as handle:
			handle.write(as_csv([HEADERS[::-1], person()[::-1]]))
		import_run.run(doc.name, frappe.db.commit)
		assert (doc.reload().status, doc.made) == ("Failed", 0)
		assert "columns" in doc.message

	def test_a_form_cannot_write_what_the_run_owns(self):
		doc = new_import(a_list(person()))
		doc.update({"status": "Done", "made": 7, "started_by": "Guest"})
		doc.save()
		assert (doc.reload().status, doc.made, doc.started_by) == ("Draft", 0, None)

	@pytest.mark.commits
	def test_a_stop_keeps_what_was_made_and_a_resume_ends_it(self, monkeypatch, made):
		monkeypatch.setattr(import_run, "CHUNK", 2)
		doc = new_import(a_list(*(person() for _ in range(7))))
		import_actions.start(doc.name)

		def stop_in_the_middle():
			frappe.db.commit()
			if frappe.db.get_value("Sky Lead Import", doc.name, "made") == 4 and not stopped:
				stopped.append(1)
				import_actions.stop(doc.name)
				frappe.db.commit()

		stopped: list[int] = []
		import_run.run(doc.name, stop_in_the_middle)
		assert (doc.reload().status, doc.made) == ("Stopped", 4)
		self.queued(doc)
		import_run.run(doc.name, frappe.db.commit)
		assert (doc.reload().status, counts(doc)) == ("Done", (7, 0, 0, 0))
		assert len({row[2] for row in outcomes(doc)}) == 7

	@pytest.mark.commits
	def test_another_file_in_the_middle_is_refused(self, made):
		doc = made(new_import(a_list(person(), person())))
		self.queued(doc)
		import_status.move(doc.name, import_status.RUNNING, last_line=2, file_hash="other")
		import_run.run(doc.name, frappe.db.commit)
		assert doc.reload().status == "Failed"
		assert "changed" in doc.message

	def test_a_file_that_is_no_list_says_so(self):
		doc = new_import(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old workbook", "old.xlsx")
		with pytest.raises(frappe.ValidationError, match="97-2003"):
			import_preview.preview(doc)
		with pytest.raises(frappe.ValidationError, match="csv"):
			new_import("x", "list.exe")

	@pytest.mark.commits
	def test_a_row_that_only_the_database_refuses_costs_itself_alone(self, made):
		rows = [person() for _ in range(9)]
		# The field says 200, the column still has 140.
		frappe.make_property_setter(
			{
				"doctype": "Sky Lead",
				"fieldname": "job_title",
				"property": "length",
				"value": "200",
				"property_type": "Int",
			},
			is_system_generated=False,
		)
		try:
			text = as_csv(
				[
					[*HEADERS, "Chức vụ"],
					*([*row, "x" * 150 if number == 4 else "y"] for number, row in enumerate(rows)),
				]
			)
			doc = made(new_import(text))
			self.queued(doc)
			import_run.run(doc.name, frappe.db.commit)
		finally:
			name = frappe.get_value(
				"Property Setter", {"doc_type": "Sky Lead", "field_name": "job_title", "value": "200"}
			)
			frappe.delete_doc("Property Setter", name)
			frappe.clear_cache(doctype="Sky Lead")
			frappe.db.commit()
		assert counts(doc.reload()) == (8, 0, 0, 1)
		assert [row[:2] for row in outcomes(doc)][4] == (6, "Refused")

	def queued(self, doc) -> None:
		"""Queue it without a job: the test runs it itself."""
		if not doc.columns:
			queue(doc)
		else:
			import_status.move(doc.name, import_status.QUEUED, started_by=frappe.session.user)
		doc.reload()
		frappe.db.commit()


@pytest.fixture
def made():
	"""Note committed imports; they and their leads are deleted afterwards."""
	docs = []

	def note(doc):
		docs.append(doc)
		frappe.db.commit()
		return doc

	yield note
	frappe.set_user("Administrator")
	remove(docs)


class TestRights:
	def test_a_seller_may_not_import(self, as_user):
		file = upload(a_list(person()))
		with as_user(seller()), pytest.raises(frappe.PermissionError):
			frappe.get_doc({"doctype": "Sky Lead Import", "file": file.file_url}).insert()

	def test_another_managers_import_and_its_rows_stay_closed(self, as_user):
		with as_user(manager()):
			doc = imported(a_list(person()))
		other = only("import.other@example.com", "Sky Sales Manager")
		with as_user(other):
			for step in (import_actions.loaded, import_actions.start):
				with pytest.raises(frappe.PermissionError):
					step(doc.name)
			assert not frappe.get_list("Sky Lead Import", {"name": doc.name})
			assert not frappe.get_list("Sky Lead Import Row", {"lead_import": doc.name})
		with as_user(manager()):
			assert frappe.get_list("Sky Lead Import Row", {"lead_import": doc.name})

	def test_anothers_private_file_is_not_imported(self, as_user):
		with as_user(only("import.other@example.com", "Sky Sales Manager")):
			file = upload(a_list(person()))
		with as_user(manager()), pytest.raises(frappe.DoesNotExistError):
			frappe.get_doc({"doctype": "Sky Lead Import", "file": file.file_url}).insert()

	def test_a_public_upload_becomes_private(self):
		file = upload(a_list(person()), is_private=0)
		doc = frappe.get_doc({"doctype": "Sky Lead Import", "file": file.file_url}).insert()
		assert doc.file.startswith("/private/")
		assert frappe.db.get_value("File", file.name, "attached_to_name") == doc.name

	def test_leads_belong_to_the_one_who_started_it(self, as_user):
		user = manager()
		with as_user(user):
			doc = new_import(a_list(person()))
			import_actions.start(doc.name)
		jobs.run(doc.name)
		frappe.set_user("Administrator")
		assert frappe.db.get_value("Sky Lead", outcomes(doc)[0][2], "owner") == user

	@pytest.mark.commits
	def test_who_loses_the_right_meanwhile_ends_there(self, as_user, made):
		user = only("import.leaver@example.com", "Sky Sales Manager")
		with as_user(user):
			doc = made(new_import(a_list(person())))
			queue(doc)
		only(user, "Sky Sales User")
		frappe.db.commit()
		jobs.run(doc.name)
		frappe.set_user("Administrator")
		assert (doc.reload().status, doc.made) == ("Failed", 0)


class TestSweeper:
	def test_a_dead_run_is_queued_again_and_a_living_one_left_alone(self):
		dead, living = new_import(a_list(person())), new_import(a_list(person()))
		for doc in (dead, living):
			import_actions.start(doc.name)
			import_status.move(doc.name, import_status.RUNNING, run_token="x")
		frappe.db.set_value(
			"Sky Lead Import", dead.name, "heartbeat_on", frappe.utils.add_to_date(None, minutes=-10)
		)
		jobs.restart_dead_runs()
		assert (dead.reload().status, dead.attempt) == ("Queued", 2)
		assert (living.reload().status, living.attempt) == ("Running", 1)

	def test_one_that_never_ends_is_given_up(self):
		doc = new_import(a_list(person()))
		import_actions.start(doc.name)
		frappe.db.set_value(
			"Sky Lead Import",
			doc.name,
			{"heartbeat_on": "2020-01-01", "attempt": import_actions.MOST_ATTEMPTS},
		)
		jobs.restart_dead_runs()
		assert doc.reload().status == "Failed"


def make_committed_import(rest, text: str) -> str:
	answer = rest.post(
		"/api/method/upload_file", files={"file": ("list.csv", text.encode())}, data={"is_private": "1"}
	)
	assert answer.status_code == 200, answer.text
	url = answer.json()["message"]["file_url"]
	answer = rest.post("/api/resource/Sky Lead Import", json={"file": url})
	assert answer.status_code == 200, answer.text
	return answer.json()["data"]["name"]


@pytest.mark.commits
class TestEndpoints:
	def test_the_whole_way_over_http_with_a_real_worker(self, rest):
		rows = [person(), person(**{"Khu vực": "Sao Hỏa"})]
		name = make_committed_import(rest, a_list(*rows))
		shown = rest.message("lead_import.preview", name=name)
		fields = [column["field"] for column in shown["columns"]]
		assert fields[:3] == ["lead_name", "mobile_no", "email_id"]
		rest.message("lead_import.set_columns", name=name, fields=fields)
		rest.message("lead_import.dry_run", name=name)
		assert self.wait(rest, name, "Checked")["refused"] == 1
		rest.message("lead_import.start", name=name)
		done = self.wait(rest, name, "Done")
		assert (done["made"], done["refused"]) == (1, 1)
		page = rest.message("lead_import.outcome", name=name, kind="Refused")
		assert [(row["line"], row["header"]) for row in page["rows"]] == [(3, "Khu vực")]
		answer = rest.get(f"/api/method/skycrm.api.v1.lead_import.download_outcome?name={name}&kind=refused")
		lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
		assert lines[1][0] == rows[1][0]
		assert rest.call("lead_import.resume", name=name).status_code == 409
		assert rest.call("lead_import.stop", name=name).status_code == 409
		lead = rest.message("lead_import.outcome", name=name, kind="Made")["rows"][0]["lead"]
		assert rest.delete(f"/api/resource/Sky Lead Import/{name}").status_code == 202
		assert rest.delete(f"/api/resource/Sky Lead/{lead}").status_code == 202

	def test_people_who_start_it_at_once_start_it_once(self, rest, rest_as):
		name = make_committed_import(rest, a_list(person(), person()))
		fields = [column["field"] for column in rest.message("lead_import.preview", name=name)["columns"]]
		rest.message("lead_import.set_columns", name=name, fields=fields)
		clients = [rest_as("Administrator") for _ in range(4)]
		with ThreadPoolExecutor(len(clients)) as pool:
			answers = pool.map(lambda one: one.call("lead_import.start", name=name).status_code, clients)
			codes = sorted(answers)
		assert codes == [200, 409, 409, 409]
		done = self.wait(rest, name, "Done")
		assert (done["made"], done["merged"], done["skipped"], done["attempt"]) == (2, 0, 0, 1)
		for row in rest.message("lead_import.outcome", name=name)["rows"]:
			assert rest.delete(f"/api/resource/Sky Lead/{row['lead']}").status_code == 202
		assert rest.delete(f"/api/resource/Sky Lead Import/{name}").status_code == 202

	def wait(self, rest, name: str, status: str) -> dict:
		deadline = time.monotonic() + 90
		while time.monotonic() < deadline:
			found = rest.get(f"/api/resource/Sky Lead Import/{name}").json()["data"]
			if found["status"] == status:
				return found
			assert found["status"] != "Failed", found["message"]
			time.sleep(0.5)
		raise AssertionError(f"still {found['status']}")

	@pytest.mark.parametrize(
		("method", "more"),
		[
			("preview", {}),
			("set_columns", {"fields": []}),
			("dry_run", {}),
			("start", {}),
			("stop", {}),
			("resume", {}),
			("outcome", {}),
			("similar", {"line": 2}),
			("download_outcome", {}),
		],
	)
	def test_guests_and_sellers_get_nowhere(self, rest, rest_as, method, more):
		name = make_committed_import(rest, a_list(person()))
		only("import.seller@example.com", "Sky Sales User")
		frappe.db.commit()
		before = rest.get(f"/api/resource/Sky Lead Import/{name}").json()["data"]
		for who in ("Guest", "import.seller@example.com"):
			assert rest_as(who).call(f"lead_import.{method}", name=name, **more).status_code == 403
		assert rest.get(f"/api/resource/Sky Lead Import/{name}").json()["data"] == before
		rest.delete(f"/api/resource/Sky Lead Import/{name}")
