"""Text made comparable: one key for every way in which a name can be spelled."""

import re
import unicodedata
from functools import lru_cache

from skycrm.domain.errors import InvalidValue

# Longer than any field that is compared; a bound keeps the patterns below cheap on hostile input.
MAX_LENGTH = 1000

# Letters that Unicode does not take apart into a base letter and a mark. đ is the one that matters in Vietnamese;
# eth looks the same in capitals (Ð) and is typed in its place by some keyboards.
_WHOLE_LETTERS = str.maketrans(
	{
		"đ": "d",
		"ð": "d",
		"ø": "o",
		"ł": "l",
		"æ": "ae",
		"œ": "oe",
		"ı": "i",
		"þ": "th",
	}
)
# Signs inside a word that people leave out or put in at will: Ma'rouf, O’Neil.
_APOSTROPHES = re.compile(r"['’‘`´ʼ]")
# Dots between single letters: T.N.H.H, A.N.Z. Every other dot parts words, as in "Co.,Ltd" and "Mr.An".
_INITIALS = re.compile(r"(?<=\b\w)\.(?=\w\b)")
_SPACED = re.compile(r"[^\w]+|_+")

# Legal forms, folded, longest first where one begins with another. Sources: Law on Enterprises 59/2020/QH14 art. 37
# (name = type of enterprise + own name) and the short forms in daily use.
_ORG_FORMS = (
	"tong cong ty",
	"cong ty",
	"cty",
	"trach nhiem huu han",
	"tnhh",
	"mot thanh vien",
	"mtv",
	"hai thanh vien",
	"co phan",
	"ctcp",
	"cp",
	"hop danh",
	"doanh nghiep tu nhan",
	"dntn",
	"ho kinh doanh",
	"hkd",
	"hop tac xa",
	"htx",
	"chi nhanh",
	"van phong dai dien",
	"vpdd",
	"thuong mai",
	"tm",
	"dich vu",
	"dv",
	"san xuat",
	"sx",
	"xuat nhap khau",
	"xnk",
	"dau tu",
	"va",
	"tap doan",
	"company limited",
	"limited company",
	"joint stock company",
	"limited",
	"ltd",
	"llc",
	"plc",
	"inc",
	"corp",
	"corporation",
	"company",
	"co",
	"jsc",
	"group",
	"gmbh",
	"pte",
	"pty",
	"sarl",
	"and",
	"the",
)
_ORG_FORM_PATTERN = re.compile(
	r"\b(?:%s)\b" % "|".join(re.escape(form) for form in sorted(_ORG_FORMS, key=len, reverse=True))
)


def clean(value: object) -> str:
	"""The text of a value: composed (NFC), without invisible characters, spaces squeezed and trimmed.

	Raises:
		InvalidValue: value_not_text for anything but None, text or a whole number; value_too_long over MAX_LENGTH.
	"""
	if value is None:
		return ""
	if isinstance(value, int) and not isinstance(value, bool):
		value = str(value)
	if not isinstance(value, str):
		raise InvalidValue("value_not_text", type(value).__name__)
	if len(value) > MAX_LENGTH:
		raise InvalidValue("value_too_long", value[:20], {"length": len(value), "limit": MAX_LENGTH})
	if value.isprintable():
		# Nothing invisible in it: true for nearly every name, and much faster than a look at each sign.
		return " ".join(unicodedata.normalize("NFC", value).split())
	kept = (
		" " if character.isspace() else character
		for character in unicodedata.normalize("NFC", value)
		# Cc and Cf: control signs, soft hyphen, zero width space, byte order mark, direction marks from pasted text.
		# Cs: lone surrogates, which no database can store.
		if character.isspace() or unicodedata.category(character) not in ("Cc", "Cf", "Cs")
	)
	return " ".join("".join(kept).split())


def fold(text: object) -> str:
	"""Lower case without tone marks and other marks, widths made one, spaces squeezed: for search and comparison.

	"Nguyễn Văn Đức" in composed or decomposed form, in capitals or not, gives "nguyen van duc". Punctuation stays.

	Raises:
		InvalidValue: as in clean.
	"""
	return _folded(text) if isinstance(text, str) else _folded(clean(text))


# The same few texts come again and again: within one record, and as the constants of rules.
@lru_cache(maxsize=1024)
def _folded(text: str) -> str:
	folded = clean(text)
	if folded.isascii():
		return folded.casefold()
	# Twice: casefold can bring forth letters that come apart, and compatibility forms can hold capitals.
	for _ in range(2):
		folded = unicodedata.normalize("NFKD", folded).casefold()
		folded = "".join(c for c in folded if unicodedata.category(c) not in ("Mn", "Me", "Cc", "Cf"))
		folded = folded.translate(_WHOLE_LETTERS)
		if folded.isascii():
			break
	return " ".join(unicodedata.normalize("NFC", folded).split())


def name_key(text: object) -> str:
	"""The key of a person's or organisation's name: folded, words of letters and digits with one space between.

	Apostrophes and the dots of initials are dropped ("O'Neil", "T.N.H.H"), every other sign parts words. The order of the
	words counts: in Vietnamese "Văn An" and "An Văn" are two people. "" for a text without letters or digits.

	Raises:
		InvalidValue: as in clean.
	"""
	key = fold(text).replace("&", " va ")
	key = _INITIALS.sub("", _APOSTROPHES.sub("", key))
	return " ".join(_SPACED.sub(" ", key).split())


def org_name_key(text: object) -> str:
	"""The name key of an organisation without its legal form and trade words, for near matching.

	"Công ty TNHH MTV Thương mại Dịch vụ An Phát", "An Phat Co., Ltd" and "CTCP An Phát" all give "an phat". A name made
	of such words alone ("Công ty Cổ phần Đầu tư") keeps its whole key, so the key is empty only for an empty name.

	Raises:
		InvalidValue: as in clean.
	"""
	key = name_key(text)
	short = " ".join(_ORG_FORM_PATTERN.sub(" ", key).split())
	return short or key
