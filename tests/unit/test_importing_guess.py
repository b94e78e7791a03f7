"""Which column is which field, and what a cell says: headers of people in Vietnam and of the programs that they leave."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skycrm.domain.errors import InvalidValue
from skycrm.domain.importing import values
from skycrm.domain.importing.guess import CONTENT, HEADER, OWN, SAVED, guess_columns, headers_key
from skycrm.domain.importing.known_headers import NOT_IMPORTED


def fields(headers, rows=(), **more):
	return [guess.fieldname for guess in guess_columns(headers, rows, **more).columns]


class TestHeaders:
	@pytest.mark.parametrize(
		("header", "field"),
		[
			("Họ tên", "lead_name"),
			("HO VA TEN", "lead_name"),
			("ho ten", "lead_name"),
			("Số điện thoại", "mobile_no"),
			("SĐT", "mobile_no"),
			("sdt", "mobile_no"),
			("Dien thoai", "mobile_no"),
			("E-mail", "email_id"),
			("Địa chỉ email", "email_id"),
			("Mã số thuế", "tax_id"),
			("MST", "tax_id"),
			("Công ty", "organization"),
			("Ten cong ty", "organization"),
			("Tên công ty / đơn vị", ""),
			("Chức vụ", "job_title"),
			("Ngày sinh", "birth_date"),
			("Tỉnh/Thành phố", "state"),
			("Địa chỉ", "address_line1"),
			("Ghi chú", "notes"),
			("Người phụ trách", "lead_owner"),
			("Nguồn", "source"),
			("STT", NOT_IMPORTED),
			("Fax", NOT_IMPORTED),
			("Blood group", ""),
		],
	)
	def test_one_header(self, header, field):
		assert fields([header]) == [field]

	def test_slips_of_the_hand(self):
		assert fields(["Công ti", "Tên côngty", "Emial address", "Số điện thọai"])[3] == "mobile_no"

	def test_google_contacts(self):
		headers = "First Name,Middle Name,Last Name,Organization Name,Organization Title,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value,Phone 2 - Value,Address 1 - Street,Address 1 - City,Birthday,Notes,Labels".split(
			","
		)
		guesses = guess_columns(headers, [])
		assert guesses.program == "Google Contacts"
		assert [guess.fieldname for guess in guesses.columns] == [
			"first_name",
			"middle_name",
			"last_name",
			"organization",
			"job_title",
			NOT_IMPORTED,
			"email_id",
			NOT_IMPORTED,
			"mobile_no",
			"phone",
			"address_line1",
			"city",
			"birth_date",
			"notes",
			"_tags",
		]

	def test_outlook(self):
		headers = "Title,First Name,Last Name,Company,Job Title,Business Street,Business City,Business Country/Region,Business Phone,Mobile Phone,E-mail Address,Birthday,Web Page,Notes".split(
			","
		)
		guesses = guess_columns(headers, [])
		assert guesses.program == "Outlook"
		assert [guess.fieldname for guess in guesses.columns] == [
			"salutation",
			"first_name",
			"last_name",
			"organization",
			"job_title",
			"address_line1",
			"city",
			"country",
			"phone",
			"mobile_no",
			"email_id",
			"birth_date",
			"website",
			"notes",
		]

	def test_act(self):
		headers = [
			"Company",
			"Contact",
			"Address 1",
			"Address 2",
			"City",
			"State",
			"ID/Status",
			"Phone",
			"Mobile Phone",
			"Title",
			"Salutation",
			"E-mail",
			"Web Site",
			"Record Manager",
		]
		guesses = guess_columns(headers, [])
		assert guesses.program == "ACT!"
		assert [guess.fieldname for guess in guesses.columns] == [
			"organization",
			"lead_name",
			"address_line1",
			"address_line1",
			"city",
			"state",
			NOT_IMPORTED,
			"phone",
			"mobile_no",
			"job_title",
			NOT_IMPORTED,
			"email_id",
			"website",
			"lead_owner",
		]

	def test_goldmine(self):
		headers = [
			"Company",
			"Contact",
			"Lastname",
			"Title",
			"Phone1",
			"Phone2",
			"Address1",
			"City",
			"Dear",
			"Source",
			"Email",
		]
		guesses = guess_columns(headers, [])
		assert guesses.program == "GoldMine"
		assert [guess.fieldname for guess in guesses.columns] == [
			"organization",
			"lead_name",
			NOT_IMPORTED,
			"job_title",
			"phone",
			"mobile_no",
			"address_line1",
			"city",
			NOT_IMPORTED,
			"source",
			"email_id",
		]

	def test_own_exports_and_the_frameworks_way_to_name_a_field(self):
		own = {"Người phụ trách đầu mối": "lead_owner", "ID": "name"}
		guesses = guess_columns(
			["Sr", "ID", "người phụ trách đầu mối", "X (zalo_id)"],
			[],
			own=own,
			allowed={"name", "lead_owner", "zalo_id"},
		)
		assert [(one.fieldname, one.why) for one in guesses.columns] == [
			(NOT_IMPORTED, HEADER),
			("name", OWN),
			("lead_owner", OWN),
			("zalo_id", OWN),
		]

	def test_saved_mappings_win(self):
		guesses = guess_columns(["Họ tên", "Mã"], [], saved={"Họ tên": "organization", "Mã": "-"})
		assert [(one.fieldname, one.why) for one in guesses.columns] == [
			("organization", SAVED),
			("-", SAVED),
		]

	def test_no_field_twice(self):
		found = fields(["SĐT", "Điện thoại", "Di động", "Email", "Mail"])
		assert sorted(name for name in found if name) == ["email_id", "mobile_no", "phone"]

	def test_a_lone_name_is_the_whole_name(self):
		assert fields(["Tên", "Email"]) == ["lead_name", "email_id"]
		assert fields(["Họ", "Tên"]) == ["last_name", "first_name"]

	def test_headers_have_one_key(self):
		assert headers_key(["Họ tên", "SĐT"]) == headers_key(["HO TEN", " sđt "])


class TestContent:
	def test_columns_without_a_telling_header(self):
		rows = [
			["Nguyễn Văn An", "an@x.vn", "0912345678", "0100109106", "21/11/1990", "Công ty TNHH A"],
			["Trần Thị Bình", "b@x.vn", "0987654321", "0300588569", "01/02/1985", "CTCP B"],
			["Lê Cường", "c@x.vn", "0903 111 222", "0100109106", "3.4.1979", "Cty C"],
		]
		guesses = guess_columns(["A", "B", "C", "D", "E", "F"], rows)
		assert [guess.fieldname for guess in guesses.columns] == [
			"lead_name",
			"email_id",
			"mobile_no",
			"tax_id",
			"birth_date",
			"organization",
		]
		assert {guess.why for guess in guesses.columns} == {CONTENT}

	def test_a_lone_column_of_mobile_numbers(self):
		assert fields(["Phone"], [["0912345678"], ["0987654321"]]) == ["mobile_no"]
		assert fields(["Phone"], [["02438251234"]]) == ["phone"]

	@pytest.mark.parametrize(
		("texts", "first"),
		[
			(["21/11/1990", "1/2/2000"], True),
			(["11/21/1990"], False),
			(["1/2/2000"], None),
			(["21/1/1990", "1/21/1990"], None),
		],
	)
	def test_what_dates_begin_with(self, texts, first):
		assert guess_columns(["Ngày sinh"], [[text] for text in texts]).day_first is first


class TestValues:
	@pytest.mark.parametrize(
		("text", "day"),
		[
			("2026-11-21", date(2026, 11, 21)),
			("21/11/2026", date(2026, 11, 21)),
			("21.11.26", date(2026, 11, 21)),
			("4/12/1985", date(1985, 12, 4)),
			("11/21/2026", date(2026, 11, 21)),
			("1985-04-12T00:00:00Z", date(1985, 4, 12)),
			("ngày 21 tháng 11 năm 2026", date(2026, 11, 21)),
			("46347", date(2026, 11, 21)),
			("", None),
			("0/0/00", None),
		],
	)
	def test_dates(self, text, day):
		assert values.as_date(text) == day

	def test_months_first(self):
		assert values.as_date("4/12/1985", day_first=False) == date(1985, 4, 12)

	@pytest.mark.parametrize(
		("text", "code"),
		[
			("31/02/2001", "date_impossible"),
			("hôm qua", "date_unknown"),
			("1/1/0099", "date_impossible"),
			("99999", "date_impossible"),
		],
	)
	def test_no_dates(self, text, code):
		with pytest.raises(InvalidValue) as error:
			values.as_date(text)
		assert error.value.code == code

	@pytest.mark.parametrize(
		("text", "moment"),
		[
			("21/11/2026 14:30", datetime(2026, 11, 21, 14, 30)),
			("2026-11-21 14:30:05", datetime(2026, 11, 21, 14, 30, 5)),
			("14h30 21/11/2026", datetime(2026, 11, 21, 14, 30)),
			("21/11/2026 2:30 PM", datetime(2026, 11, 21, 14, 30)),
			("21/11/2026", datetime(2026, 11, 21)),
			("", None),
		],
	)
	def test_moments(self, text, moment):
		assert values.as_datetime(text) == moment

	@pytest.mark.parametrize(
		("text", "number"),
		[
			("1.250,5", 1250.5),
			("1,250.5", 1250.5),
			("1.250.000", 1250000),
			("1250", 1250),
			("0.125", 0.125),
			("", None),
		],
	)
	def test_numbers(self, text, number):
		assert values.as_number(text) == number

	@pytest.mark.parametrize(
		("text", "answer"), [("có", "Granted"), ("Đồng ý", "Granted"), ("Không", "Refused"), ("", None)]
	)
	def test_consents(self, text, answer):
		assert values.as_consent(text, {}) == answer

	@given(st.text(max_size=30))
	def test_any_text_is_a_value_or_is_refused(self, text):
		for rule in (values.as_date, values.as_datetime, values.as_number, values.as_check):
			try:
				rule(text)
			except InvalidValue:
				pass

	@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
	def test_every_day_is_read_back_however_it_is_written(self, day):
		for pattern in ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%Y/%m/%d"):
			assert values.as_date(day.strftime(pattern)) == day

	def test_rows_have_one_key_for_one_content(self):
		key = values.row_key({"lead_name": "An", "email_id": "a@x.vn"})
		assert key == values.row_key({"email_id": " a@x.vn ", "lead_name": "An", "phone": ""})
		assert key != values.row_key({"lead_name": "An", "phone": "a@x.vn"})
