"""Whether somebody who comes in is a person whom we know already.

Joining two people is worse than keeping one person twice: what was joined is hard to take apart and shows one
customer's words to another's salesperson, while a second lead is found by the duplicate look-up and merged. So:

- The same personal e-mail address is the same person, whatever name they give.
- The same mobile number is the same person unless the names clearly disagree: families share phones.
- The same switchboard, hotline, or office mailbox (info@, sales@ ...) is a firm's: the names must not disagree for a
  mailbox, and must agree for a number. So must they for a number under which people of different names are known.
- The same tax code is the same firm; the same person only when the names agree.
- A name alone, or a name and a firm, is nobody for sure.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType
from rapidfuzz import fuzz

from skycrm.domain import lead_status
from skycrm.domain.errors import RuleError
from skycrm.domain.person_name import person_name_key

# What is left of two names without their common words must be this alike, 0 to 100, to be a slip and not another name:
# An and Anh (80) pass, Tuấn and Toàn (75), Minh and Bình (75) do not.
ALIKE = 80

OFFICE_MAILBOXES = frozenset(
	"""
	admin banhang billing booking contact cskh donhang dungchung enquiries enquiry hanhchinh hello help hotro hotline hr
	info information inquiry ketoan kinhdoanh lienhe mail marketing muahang nhansu no-reply noreply office order orders
	purchase purchasing reception sale sales service support team thongtin tuyendung vanphong webmaster
	""".split()
)

# Ground → how sure, for choosing between several leads.
EMAIL_ID, MOBILE_NO, PHONE, TAX_ID = "email_id", "mobile_no", "phone", "tax_id"
_STRENGTH = {EMAIL_ID: 4, MOBILE_NO: 3, PHONE: 2, TAX_ID: 1}


@dataclass(frozen=True)
class Identity:
	"""By what somebody is known. Keys are those of domain/, "" or empty where there are none."""

	name: str = ""
	email: str = ""
	phones: frozenset[str] = frozenset()
	tax: str = ""


@dataclass(frozen=True)
class KnownLead:
	"""A lead that shares a key with somebody who comes in."""

	lead: str
	identity: Identity
	status: str = lead_status.NEW
	creation: str = ""


@dataclass(frozen=True)
class SamePerson:
	"""The lead of a person who came in again, and by what field they were known."""

	lead: str
	matched_on: str


def choose(arrival: Identity, known: Iterable[KnownLead]) -> SamePerson | None:
	"""The lead of this person, None when they are new.

	Of several: one that is still worked on before a closed one, the surer ground before the weaker, then the newest.
	"""
	leads = list(known)
	shared = shared_phones(leads)
	found = [(lead, matched) for lead in leads if (matched := ground(arrival, lead.identity, shared))]
	if not found:
		return None
	lead, matched = max(
		found,
		key=lambda pair: (
			lead_status.is_open(pair[0].status),
			_STRENGTH[pair[1]],
			pair[0].creation,
			pair[0].lead,
		),
	)
	return SamePerson(lead.lead, matched)


def ground(arrival: Identity, known: Identity, shared: frozenset[str] = frozenset()) -> str | None:
	"""The field by which these two are the same person, None when they are not, or not surely.

	Args:
		shared: phone numbers under which several people are known.
	"""
	agree = names_agree(arrival.name, known.name)
	if arrival.email and arrival.email == known.email:
		if agree is not False or not is_office_mailbox(arrival.email):
			return EMAIL_ID
	for number in sorted(arrival.phones & known.phones):
		if number in shared or not is_personal_number(number):
			if agree:
				return PHONE
		elif agree is not False:
			return MOBILE_NO
	if arrival.tax and arrival.tax == known.tax and agree:
		return TAX_ID
	return None


def names_agree(one: str, other: str) -> bool | None:
	"""Whether two names can be one person's: True, False, or None when one of them is missing.

	Titles, tone marks and the order of words do not count, and "An" agrees with "Nguyễn Văn An": people give half of
	their name. What both have in common says nothing in a country of few family names, so the rest is compared.
	"""
	first, second = _words(one), _words(other)
	if not first or not second:
		return None
	if first <= second or second <= first:
		return True
	left, right = (" ".join(sorted(words)) for words in (first - second, second - first))
	return fuzz.ratio(left, right) >= ALIKE


def shared_phones(leads: Iterable[KnownLead]) -> frozenset[str]:
	"""Numbers that stand at two leads whose names disagree: a reception's, or a family's."""
	by_number: dict[str, list[str]] = {}
	for lead in leads:
		for number in lead.identity.phones:
			by_number.setdefault(number, []).append(lead.identity.name)
	return frozenset(
		number
		for number, names in by_number.items()
		if any(names_agree(one, other) is False for one, other in combinations(names[:20], 2))
	)


def is_office_mailbox(key: str) -> bool:
	"""Whether an address is a department's by its name; a +tag does not make it somebody's own."""
	local_part = key.partition("@")[0].partition("+")[0]
	return local_part.replace(".", "").replace("_", "") in OFFICE_MAILBOXES


def is_personal_number(key: str) -> bool:
	"""Whether a phone key is a number that one person carries: a mobile one, or one of a country that mixes both."""
	try:
		kind = phonenumbers.number_type(phonenumbers.parse(key))
	except NumberParseException:
		# Hotlines and service codes keep their national digits.
		return False
	return kind in (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


def _words(name: str) -> frozenset[str]:
	try:
		return frozenset(person_name_key(name).split())
	except RuleError:
		return frozenset()
