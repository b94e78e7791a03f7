"""What a number or address is put right to, and which leads are one person without anybody looking."""

import pytest

from skycrm.domain.data_quality import is_sure, repaired_email, repaired_phone
from skycrm.domain.errors import RuleError
from skycrm.domain.phone import phone_key


def key(value):
	try:
		return phone_key(value)
	except RuleError:
		return ""


@pytest.mark.parametrize(
	("written", "wanted"),
	[
		("01234567890", "0834567890"),
		("0168 234 5678", "0382345678"),
		("+84 169 234 5678", "0392345678"),
		("912345678", "0912345678"),
		("0912 345 678", None),
		("+84 912 345 678", None),
		("(+84)0912345678", None),
		("0084 912345678", None),
		("0912 345 678 ext 12", None),
		("+49 30 123456", None),
		("không có", None),
		("", None),
		(None, None),
	],
)
def test_numbers(written, wanted):
	assert repaired_phone(written, key(written) if written else "") == wanted


@pytest.mark.parametrize(
	("written", "address", "wanted"),
	[
		("An@Example.COM", "an@example.com", "an@example.com"),
		(" an@example.com ", "an@example.com", "an@example.com"),
		("an@example.com", "an@example.com", None),
		("an@viếtnam.vn", "an@xn--vitnam-uc1b.vn", None),
		("not an address", "", None),
		(None, "", None),
	],
)
def test_addresses(written, address, wanted):
	assert repaired_email(written, address) == wanted


def lead(name, status="New"):
	return {"lead_name": name, "status": status}


@pytest.mark.parametrize(
	("leads", "sure"),
	[
		([lead("Nguyễn Văn An"), lead("nguyen van an")], True),
		([lead("Nguyễn Văn An"), lead("Anh An")], True),
		([lead("Nguyễn Văn An"), lead("Trần Thị Bình")], False),
		([lead("An"), lead("Nguyễn Văn An"), lead("Trần Thị An")], False),
		([lead("Nguyễn Văn An"), lead("")], False),
		([lead("Nguyễn Văn An")], False),
		([lead("Nguyễn Văn An", "Converted"), lead("Nguyễn Văn An")], True),
		(
			[lead("Nguyễn Văn An", "Converted"), lead("Nguyễn Văn An", "Converted")],
			False,
		),
	],
)
def test_sure_groups(leads, sure):
	assert is_sure(leads) is sure
