"""Signatures, paths and mappings of leads that other programs send."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skycrm.domain import webhook_mapping
from skycrm.domain.errors import InvalidValue
from skycrm.domain.json_path import MISSING, find, parse
from skycrm.domain.webhook_mapping import Row, apply, check, event_id, words_of
from skycrm.domain.webhook_signature import is_genuine, sign

SECRET = "s" * 40
NOW = 1_800_000_000.0
FACEBOOK = {
	"object": "page",
	"entry": [
		{
			"id": "110",
			"changes": [
				{
					"field": "leadgen",
					"value": {
						"leadgen_id": 444444444444,
						"field_data": [
							{"name": "full_name", "values": ["Nguyễn Văn An"]},
							{"name": "email", "values": ["An@Example.com"]},
							{"name": "phone_number", "values": ["+84912345678"]},
							{"name": "agree", "values": ["Có"]},
						],
					},
				}
			],
		}
	],
}
FORM_DATA = "entry[0].changes[0].value.field_data"
WORDPRESS = {
	"your-name": "Trần Thị Bé",
	"your.email": "be@example.com",
	"checkbox": ["Đèn", "Quạt"],
	"ngay": "5/9/1990",
}


def test_the_signature_is_the_one_of_the_rule():
	expected = hmac.new(SECRET.encode(), b"1800000000." + b'{"a": 1}', hashlib.sha256).hexdigest()
	assert sign(SECRET, "1800000000", b'{"a": 1}') == expected


@pytest.mark.parametrize("shift", [0, 299, -299])
@pytest.mark.parametrize("prefix", ["", "sha256="])
def test_a_signature_of_either_secret_within_the_tolerance(shift, prefix):
	stamp = str(int(NOW + shift))
	for secret in ("old" * 10, SECRET):
		assert is_genuine(["old" * 10, SECRET], prefix + sign(secret, stamp, b"{}"), stamp, b"{}", NOW)


@pytest.mark.parametrize(
	("signature", "timestamp", "body"),
	[
		(sign(SECRET, "1800000000", b"{}"), "1800000000", b"{ }"),
		(sign(SECRET, "1800000000", b"{}"), "1800000001", b"{}"),
		(sign(SECRET, "1799999699", b"{}"), "1799999699", b"{}"),
		(sign(SECRET, "1800000301", b"{}"), "1800000301", b"{}"),
		(sign("another", "1800000000", b"{}"), "1800000000", b"{}"),
		(sign(SECRET, "1800000000", b"{}")[:-1], "1800000000", b"{}"),
		("", "1800000000", b"{}"),
		(None, None, b"{}"),
		("ü", "1800000000", b"{}"),
		(sign(SECRET, "1e9", b"{}"), "1e9", b"{}"),
		(sign(SECRET, "", b"{}"), "", b"{}"),
		(sign(SECRET, "٣٣٣", b"{}"), "٣٣٣", b"{}"),
		(sign(SECRET, "9" * 5000, b"{}"), "9" * 5000, b"{}"),
	],
)
def test_everything_else_is_refused(signature, timestamp, body):
	assert not is_genuine([SECRET], signature, timestamp, body, NOW)


@given(st.binary(max_size=50), st.integers(0, 63))
def test_one_changed_digit_is_enough(body, place):
	good = sign(SECRET, "1800000000", body)
	bad = good[:place] + ("0" if good[place] != "0" else "1") + good[place + 1 :]
	assert not is_genuine([SECRET], bad, "1800000000", body, NOW)


@pytest.mark.parametrize(
	("path", "value"),
	[
		(f"{FORM_DATA}[name=email].values[0]", "An@Example.com"),
		("entry[0].id", "110"),
		("entry[-1].id", "110"),
		("$.object", "page"),
		("entry[5].id", MISSING),
		("entry.id", MISSING),
		("object.deeper", MISSING),
		(f"{FORM_DATA}[name=fax].values[0]", MISSING),
	],
)
def test_paths_into_nested_payloads(path, value):
	assert find(FACEBOOK, path) == value


def test_keys_with_signs_in_them():
	assert find(WORDPRESS, "your-name") == "Trần Thị Bé"
	assert find(WORDPRESS, '["your.email"]') == "be@example.com"
	assert find([{"a": None}], "[0].a") is None


@pytest.mark.parametrize(
	"path", ["", "  ", "$", "a..b", "a[", "a[x]", "a]b", "a[0]b", "." * 400, "a" + ".b" * 30]
)
def test_paths_that_cannot_be_read(path):
	with pytest.raises(InvalidValue, match="json_path_wrong"):
		parse(path)


@given(st.text(max_size=40))
def test_any_path_is_read_or_refused(path):
	try:
		find(FACEBOOK, path)
	except InvalidValue as error:
		assert error.code == "json_path_wrong"


def test_a_nested_payload_becomes_an_arrival():
	rows = [
		Row("lead_name", f"{FORM_DATA}[name=full_name].values[0]", required=True),
		Row("email_id", f"{FORM_DATA}[name=email].values", transform="Lower Case"),
		Row("mobile_no", f"{FORM_DATA}[name=phone_number].values[0]"),
		Row("email_consent", f"{FORM_DATA}[name=agree].values[0]", transform="Yes or No"),
		Row("utm_source", fixed="facebook"),
		Row("note", "object", words=words_of("page = Từ trang của hãng\nad=Quảng cáo")),
	]
	mapped = apply(rows, FACEBOOK, "Facebook")
	assert mapped.values == {
		"lead_name": "Nguyễn Văn An",
		"email_id": "an@example.com",
		"mobile_no": "+84912345678",
	}
	assert mapped.utm == {"utm_source": "facebook"}
	assert mapped.note == "Từ trang của hãng"
	assert [(c.channel, c.answer, c.how) for c in mapped.consents] == [("email", "Granted", "Facebook")]
	assert not mapped.missing
	assert event_id(FACEBOOK, "entry[0].changes[0].value.leadgen_id") == "444444444444"


def test_lists_dates_and_what_is_missing():
	rows = [
		Row("organization", "checkbox"),
		Row("birth_date", "ngay", transform="Day First"),
		Row("mobile_no", "phone", required=True),
		Row("email_id", "mail", required=True),
		Row("email_id", '["your.email"]'),
	]
	mapped = apply(rows, WORDPRESS, "")
	assert mapped.values == {
		"organization": "Đèn, Quạt",
		"birth_date": "1990-09-05",
		"email_id": "be@example.com",
	}
	assert mapped.missing == ["phone"]


@pytest.mark.parametrize(
	("row", "payload", "code"),
	[
		(Row("birth_date", "d", transform="Day First"), {"d": "31/02/2000"}, "mapping_date"),
		(Row("birth_date", "d", transform="Day First"), {"d": "gần đây"}, "mapping_date"),
		(Row("next_contact_on", "d", transform="Unix Time"), {"d": "1e400"}, "mapping_date"),
		(Row("sms_consent", "d", transform="Yes or No"), {"d": "maybe"}, "mapping_yes_no"),
	],
)
def test_values_that_cannot_be_read(row, payload, code):
	with pytest.raises(InvalidValue, match=code) as caught:
		apply([row], payload, "")
	assert caught.value.params["target"] == row.target


def test_unix_time_in_seconds_and_milliseconds():
	row = Row("next_contact_on", "t", transform="Unix Time")
	assert apply([row], {"t": 1_800_000_000}, "").values == {"next_contact_on": "2027-01-15 08:00:00"}
	assert apply([row], {"t": "1800000000000"}, "").values == {"next_contact_on": "2027-01-15 08:00:00"}


@pytest.mark.parametrize(
	("row", "code"),
	[
		(Row("status", "a"), "mapping_target"),
		(Row("lead_owner", "a"), "mapping_target"),
		(Row("score", "a"), "mapping_target"),
		(Row("email_id"), "mapping_nothing"),
		(Row("email_id", "a", transform="eval"), "mapping_transform"),
		(Row("email_id", "a["), "json_path_wrong"),
	],
)
def test_mappings_that_could_never_work(row, code):
	with pytest.raises(InvalidValue, match=code):
		check([row])


def test_targets_are_fields_and_what_an_arrival_has_besides():
	assert {"email_id", "note", "utm_source", "email_consent"} <= webhook_mapping.TARGETS
	assert not {"items", "lead_owner", "status"} & webhook_mapping.TARGETS
