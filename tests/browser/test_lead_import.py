"""A manager brings a list in: upload, columns, dry run, start, what became of each row, the file to fix."""

from __future__ import annotations

import csv
import io

from desk import exact
from playwright.sync_api import expect
from served_site import letters, phone, unique


def a_list(rows: list[list[str]]) -> bytes:
	text = io.StringIO()
	csv.writer(text, delimiter=";").writerows(rows)
	return text.getvalue().encode("utf-8-sig")


def upload(desk, content: bytes, name: str) -> None:
	"""Choose a file in the form's field, as a person does."""
	desk.control("file").locator("button, .btn-attach").first.click()
	dialog = desk.dialog
	dialog.locator('input[type="file"]').first.set_input_files(
		{"name": name, "mimeType": "text/csv", "buffer": content}
	)
	dialog.locator(".modal-footer .btn-primary:visible, .btn-modal-primary:visible").first.click()
	expect(desk.page.locator(".modal.show")).to_have_count(0)


def test_a_list_goes_all_the_way(desk, site, screenshot):
	manager = desk("manager")
	good, bad = letters("Nguyễn Văn"), letters("Trần Thị")
	odd = unique("Cột")
	rows = [
		["Họ và tên", "SĐT", "Công ty", "Khu vực", odd],
		[good, phone(), "Công ty TNHH Trình Duyệt", "Việt Nam", "Trưởng phòng"],
		[bad, phone(), "", "Sao Hỏa", "Kế toán"],
	]
	manager.open("sky-lead-import/new")
	manager.on_form("Sky Lead Import")
	upload(manager, a_list(rows), "danh-sach.csv")
	manager.page.wait_for_function("() => cur_frm.doc.name.startsWith('SKY-IMP-')")
	table = manager.body.locator(".skycrm-import-preview")
	expect(table.locator("thead select")).to_have_count(5)
	expect(table.locator("tbody tr")).to_have_count(2)
	expect(table.locator("td.table-danger")).to_have_text("Sao Hỏa")
	chosen = [select.input_value() for select in table.locator("thead select").all()]
	assert chosen == ["lead_name", "mobile_no", "organization", "territory", "-"]
	screenshot(manager.page, "columns", full_page=True)

	table.locator("thead select").nth(4).select_option("job_title")
	manager.page.wait_for_function("() => cur_frm.doc.columns.length === 5")
	expect(manager.body.locator(".skycrm-import-preview thead select").nth(4)).to_have_value("job_title")
	manager.idle()

	name = manager.doc()["name"]
	manager.body.locator(".btn:visible", has_text=exact("Chạy thử")).click()
	manager.page.wait_for_function("() => cur_frm.doc.status === 'Checked'", timeout=90_000)
	expect(manager.body.locator(".form-message:visible").first).to_contain_text("Chưa có gì được ghi")
	assert not site.find("Sky Lead", {"lead_name": good})
	manager.idle()
	screenshot(manager.page, "dry run", full_page=True)

	manager.body.locator(".btn:visible", has_text=exact("Bắt đầu nhập")).click()
	manager.confirm()
	manager.page.wait_for_function("() => cur_frm.doc.status === 'Done'", timeout=90_000)
	manager.idle()
	lead = site.find("Sky Lead", {"lead_name": good}, "job_title", "organization")[0]
	assert (lead["job_title"], lead["organization"]) == ("Trưởng phòng", "Công ty TNHH Trình Duyệt")
	manager.tab("Kết quả")
	outcome = manager.body.locator(".skycrm-import-outcome tbody tr")
	expect(outcome).to_have_count(1)
	expect(outcome).to_contain_text("Sao Hỏa")
	screenshot(manager.page, "outcome", full_page=True)
	manager.body.locator(".skycrm-outcome-kind").select_option("")
	expect(outcome).to_have_count(2)

	with manager.page.expect_download() as download:
		manager.body.locator(".btn:visible", has_text=exact("Tải xuống")).click()
		manager.body.locator(
			".dropdown-menu:visible .dropdown-item", has_text="Các dòng cần sửa (CSV)"
		).click()
	content = download.value.path().read_bytes()
	lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
	assert lines[1][0] == bad
	assert "Sao Hỏa" in lines[1][-1]

	# Fixed and sent again as it is.
	manager.open("sky-lead-import/new")
	manager.on_form("Sky Lead Import")
	upload(manager, content.replace("Sao Hỏa".encode(), "Việt Nam".encode(), 1), "da-sua.csv")
	manager.page.wait_for_function(
		"name => cur_frm.doc.name.startsWith('SKY-IMP-') && cur_frm.doc.name !== name", arg=name
	)
	table = manager.body.locator(".skycrm-import-preview")
	expect(table.locator("thead select")).to_have_count(8)
	expect(table.locator("tbody tr td:nth-child(2)")).to_contain_text("Đã tạo")
	manager.body.locator(".btn:visible", has_text=exact("Bắt đầu nhập")).click()
	manager.confirm()
	manager.page.wait_for_function("() => cur_frm.doc.status === 'Done'", timeout=90_000)
	assert site.find("Sky Lead", {"lead_name": bad})


def test_whom_the_rows_look_like_is_shown_before_and_after(desk, site, screenshot):
	manager = desk("manager")
	name, firm = letters("Vương Thị"), f"Công ty TNHH {letters('Kỳ Hoa')}"
	item = site.find("Item", {"disabled": 0, "has_variants": 0, "is_sales_item": 1}, "name")[0]["name"]
	known = site.insert("Sky Lead", lead_name=name, organization=firm, lead_owner=manager.user)["name"]
	rows = [
		["Họ và tên", "SĐT", "Công ty", "Sản phẩm"],
		[name.lower(), phone(), firm.upper(), f"{item} x 2"],
		[name, phone(), firm, ""],
		[letters("Lê Quốc"), phone(), "", item],
	]
	manager.open("sky-lead-import/new")
	manager.on_form("Sky Lead Import")
	upload(manager, a_list(rows), "giong-nhau.csv")
	manager.page.wait_for_function("() => cur_frm.doc.name.startsWith('SKY-IMP-')")
	preview = manager.body.locator(".skycrm-import-preview")
	hint = preview.locator("tbody tr").first.locator(".skycrm-look-alike").first
	expect(hint).to_contain_text(f"Giống với {name} ({firm})")
	expect(hint.locator("a")).to_have_attribute("href", f"/app/sky-lead/{known}")
	expect(preview.locator("tbody tr").nth(2).locator(f"a[href$='{known}']")).to_have_count(0)
	chosen = [select.input_value() for select in preview.locator("thead select").all()]
	assert chosen == ["lead_name", "mobile_no", "organization", "items"]
	screenshot(manager.page, "preview", full_page=True)

	manager.body.locator(".btn:visible", has_text=exact("Chạy thử")).click()
	manager.page.wait_for_function("() => cur_frm.doc.status === 'Checked'", timeout=90_000)
	expect(manager.body.locator(".form-message:visible").first).to_contain_text("2 dòng có vẻ là người đã có")
	manager.idle()
	manager.tab("Kết quả")
	outcome = manager.body.locator(".skycrm-import-outcome tbody tr")
	expect(outcome).to_have_count(2)
	expect(outcome.first.locator("a", has_text=name)).to_have_attribute("href", f"/app/sky-lead/{known}")
	screenshot(manager.page, "dry run", full_page=True)

	manager.body.locator(".btn:visible", has_text=exact("Bắt đầu nhập")).click()
	manager.confirm()
	manager.page.wait_for_function("() => cur_frm.doc.status === 'Done'", timeout=90_000)
	manager.idle()
	manager.tab("Kết quả")
	expect(manager.body.locator(".skycrm-outcome-kind")).to_have_value("Similar")
	expect(outcome.first.locator(f"a[href$='{known}']").first).to_be_visible()
	outcome.first.locator(".skycrm-similar").click()
	expect(outcome.first.locator(".skycrm-similar")).to_have_count(0)
	expect(outcome.first.locator(".skycrm-look-alike")).to_have_count(2)
	screenshot(manager.page, "outcome", full_page=True)
	manager.body.locator(".skycrm-outcome-kind").select_option("")
	expect(outcome).to_have_count(3)
	# For the database the three spellings are one.
	found = site.find("Sky Lead", {"lead_name": name}, "name", "lead_name")
	made = next(row["name"] for row in found if row["lead_name"] == name.lower())
	asked = site.get_doc("Sky Lead", made)["items"]
	assert [(row["item_code"], row["qty"]) for row in asked] == [(item, 2)]


def test_a_seller_has_no_door_of_this_kind(desk):
	seller = desk("seller")
	seller.open("todo")
	assert not seller.page.evaluate("() => frappe.model.can_create('Sky Lead Import')")
	assert not seller.page.evaluate("() => frappe.model.can_read('Sky Lead Import')")
