"""Which mails a person wrote, and what that person is called and may be called at."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skycrm.domain.inbound_mail import AUTO_REPLY, BOUNCE, BULK, NO_SENDER, OWN, not_a_person
from skycrm.domain.mail_person import decoded, own_words, sender_name, signed_phone

PERSON = {"from": "An <an@example.com>", "subject": "Hỏi giá", "content-type": "text/plain"}


@pytest.mark.parametrize(
	("headers", "sender", "reason"),
	[
		({}, "an@example.com", ""),
		({"auto-submitted": "no"}, "an@example.com", ""),
		({"subject": "Tự động hóa nhà xưởng"}, "an@example.com", ""),
		({"subject": "Autogas, hỏi giá"}, "an@example.com", ""),
		({"precedence": "normal"}, "an@example.com", ""),
		({}, "", NO_SENDER),
		({}, None, NO_SENDER),
		({}, "no address", NO_SENDER),
		({}, "sales@firm.example", OWN),
		({}, "Sales@Firm.example", OWN),
		({"return-path": "<>"}, "an@example.com", BOUNCE),
		({"content-type": "multipart/report; report-type=delivery-status"}, "x@example.com", BOUNCE),
		({}, "MAILER-DAEMON@example.com", BOUNCE),
		({}, "postmaster@example.com", BOUNCE),
		({}, "bounces+123=an@example.com", BOUNCE),
		({"subject": "Undelivered Mail Returned to Sender"}, "mail@example.com", BOUNCE),
		({"auto-submitted": "auto-replied"}, "an@example.com", AUTO_REPLY),
		({"auto-submitted": "auto-generated; x=y"}, "an@example.com", AUTO_REPLY),
		({"precedence": "auto_reply"}, "an@example.com", AUTO_REPLY),
		({"x-autoreply": "yes"}, "an@example.com", AUTO_REPLY),
		({"subject": "Automatic reply: báo giá"}, "an@example.com", AUTO_REPLY),
		({"subject": "Trả lời tự động: nghỉ phép"}, "an@example.com", AUTO_REPLY),
		({}, "no-reply@example.com", AUTO_REPLY),
		({}, "donotreply@example.com", AUTO_REPLY),
		({"precedence": "bulk"}, "news@example.com", BULK),
		({"precedence": "List"}, "news@example.com", BULK),
		({"list-unsubscribe": "<https://example.com>"}, "news@example.com", BULK),
		({"list-id": "<news.example.com>"}, "news@example.com", BULK),
		({"list-id": "<info.firm.example>", "precedence": "list"}, "an@example.com", ""),
	],
)
def test_who_wrote_it(headers, sender, reason):
	own = ["sales@firm.example"]
	assert not_a_person({**PERSON, **headers}, sender, own, "lead@firm.example") == reason


@pytest.mark.parametrize(
	("from_header", "reply_to", "address", "name"),
	[
		("Nguyễn Văn An <an@example.com>", None, "an@example.com", "Nguyễn Văn An"),
		("=?UTF-8?B?Tmd1eeG7hW4gVsSDbiBBbg==?= <an@example.com>", None, "an@example.com", "Nguyễn Văn An"),
		('"=?utf-8?q?Tr=E1=BA=A7n_B=C3=A9?=" <be@example.com>', None, "be@example.com", "Trần Bé"),
		('"Nguyễn, Văn An" <an@example.com>', None, "an@example.com", "Nguyễn, Văn An"),
		("'Lê Hoa' via Bán hàng <hoa@example.com>", None, "hoa@example.com", "'Lê Hoa'"),
		("Lê Hoa (Công ty ABC) <hoa@example.com>", None, "hoa@example.com", "Lê Hoa"),
		("an@example.com", None, "an@example.com", "an@example.com"),
		("<nguyen.van.an@example.com>", None, "nguyen.van.an@example.com", "Nguyen Van An"),
		("an@example.com <an@example.com>", None, "an@example.com", "an@example.com"),
		("info@example.com", None, "info@example.com", "info@example.com"),
		("WordPress <wordpress@site.example>", "An <an@example.com>", "an@example.com", "An"),
		("WordPress <wordpress@site.example>", "an.le@example.com", "an.le@example.com", "An Le"),
		("Lê An <an@firm.example>", "an.le@gmail.com", "an.le@gmail.com", "Lê An"),
		(None, None, "x@example.com", "x@example.com"),
		("12345 <x@example.com>", None, "x@example.com", "x@example.com"),
	],
)
def test_names(from_header, reply_to, address, name):
	assert sender_name(from_header, reply_to, address).strip("'") == name.strip("'")


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_header_gives_a_name(from_header, reply_to):
	assert sender_name(from_header, reply_to, "an@example.com")
	decoded(from_header)


@given(st.text(max_size=300))
def test_any_text_is_read(text):
	assert set(signed_phone(own_words(text))) <= {"mobile_no", "phone"}


SIGNATURE = "Chào anh,\nCho em xin báo giá 20 máy.\n\nNguyễn Văn An\n{0}\nCông ty ABC"


@pytest.mark.parametrize(
	("line", "found"),
	[
		("ĐT: 0912 345 678", {"mobile_no": "+84912345678"}),
		("M: +84 (0) 912.345.678", {"mobile_no": "+84912345678"}),
		("+49 170 1234567", {"mobile_no": "+491701234567"}),
		("Tel: 028 3822 1234", {"phone": "+842838221234"}),
		("0912345678 | 028 3822 1234", {"mobile_no": "+84912345678", "phone": "+842838221234"}),
		("0912345678 / 0912 345 678", {"mobile_no": "+84912345678"}),
		("0912345678 - 0987654321", {}),
		("Fax: 028 3822 1234", {}),
		("MST: 0312345678, STK 0912345678", {}),
		("Hotline 19001234", {}),
		("", {}),
	],
)
def test_a_number_in_the_signature(line, found):
	assert signed_phone(own_words(SIGNATURE.format(line))) == found


def test_numbers_of_others_do_not_count():
	quoted = (
		SIGNATURE.format("") + "\n\nVào 21 thg 11, 2026 Minh <minh@firm.example> đã viết:\n> Gọi 0987654321"
	)
	assert signed_phone(own_words(quoted)) == {}
	far_above = "Hotline của đại lý là 0987654321.\n" + "Dòng chữ.\n" * 30 + "An"
	assert signed_phone(far_above) == {}


@pytest.mark.parametrize(
	"quote",
	[
		"On Sat, 21 Nov 2026 Minh <minh@firm.example> wrote:",
		"Vào Th 7, 21 thg 11, 2026 lúc 09:00 Minh <minh@firm.example> đã viết:",
		"-----Original Message-----",
		"---------- Forwarded message ---------",
		"Từ: Minh <minh@firm.example>",
		"> câu trước",
		"________________________________",
	],
)
def test_what_is_quoted_is_left_out(quote):
	assert own_words(f"Tôi đồng ý.\n\nAn\n\n{quote}\nGiá là 5 triệu") == "Tôi đồng ý.\n\nAn"
