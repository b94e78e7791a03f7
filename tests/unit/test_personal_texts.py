"""Files that are no lists: texts, pages, letters and packed copies are searched, what cannot be read is said."""

import gzip
import io
import json
import zipfile
from email.message import EmailMessage

import pytest

from skycrm.domain.importing.table import UnreadableFile
from skycrm.domain.personal import texts
from skycrm.domain.personal.marks import Marks

MARKS = Marks(frozenset({"an@example.com"}), frozenset({"+84912345678"}), frozenset({"an@example.com"}))


def found(content, name):
	return texts.names_person(io.BytesIO(content), texts.kind_of(name), MARKS)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_texts_in_any_encoding(encoding):
	assert found("Gọi anh An: 0912 345 678".encode(encoding, "replace"), "note.txt")
	assert not found("Gọi anh Tuấn: 0912 345 679".encode(encoding, "replace"), "note.txt")


def test_an_address_on_the_border_of_two_pieces(monkeypatch):
	monkeypatch.setattr(texts, "CHUNK", 64)
	assert found(b"x " * 29 + b"an@example.com" + b" x" * 40, "a.log")


def test_pages_and_letters_are_decoded():
	assert found(b"<p>an&#64;example.com</p>", "page.html")
	letter = EmailMessage()
	letter["Subject"] = "Hỏi giá"
	letter["To"] = "sale@example.com"
	letter.set_content("Tôi là An, số 0912.345.678 — ạ", cte="base64")
	letter.add_attachment("a;b\nAn;an@example.com\n", subtype="csv", filename="x.csv", cte="base64")
	assert b"0912" not in bytes(letter) and found(bytes(letter), "thu.EML")
	assert not found(bytes(letter).replace(b"T", b"T")[:120], "thu.eml")


def test_packed_copies():
	content = json.dumps({"mail": "an@example.com"}).encode()
	assert found(gzip.compress(content), "report.json.gz")
	out = io.BytesIO()
	with zipfile.ZipFile(out, "w") as archive:
		archive.writestr("picture.png", b"an@example.com")
	assert not found(out.getvalue(), "a.zip")
	with zipfile.ZipFile(out, "a") as archive:
		archive.writestr("data.json", content)
	assert found(out.getvalue(), "a.zip")


def test_what_cannot_be_read_is_said(monkeypatch):
	assert texts.kind_of("a.pdf") == texts.kind_of("a.PNG") == texts.kind_of("") == texts.CLOSED
	for name, content in (
		("a.zip", b"PK\x03\x04no"),
		("a.json.gz", b"\x1f\x8bno"),
		("a.gz", gzip.compress(b"a" * 99)[:-9]),
	):
		with pytest.raises(UnreadableFile):
			found(content, name)
	monkeypatch.setattr(texts, "MOST_UNPACKED", 1000)
	with pytest.raises(UnreadableFile):
		found(gzip.compress(b"a" * 10_000), "a.gz")
