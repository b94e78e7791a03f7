"""No payload of xss_payloads.py runs on paper, and making a PDF fetches nothing that a record names."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from xss_desk import Findings, made_by, read, reader, signed_in
from xss_papers import PRINTED, SECRET, reaching
from xss_pdf import acts, listening, text_of
from xss_watch import Watch


@pytest.fixture(scope="module")
def fetched() -> Iterator[tuple[int, list[str]]]:
	with listening() as (port, asked):
		yield port, asked


@pytest.fixture(scope="module")
def papers(payload_rows: Any, fetched: Any, site_name: str) -> Iterator[dict[str, Any]]:
	with made_by("xss_papers.py", site_name, SKYCRM_XSS_PORT=str(fetched[0])) as made:
		yield made


@pytest.fixture(scope="module")
def desk_page(browser: Any, site_url: str, papers: Any) -> Iterator[tuple[Any, Watch]]:
	page, watch = signed_in(browser, site_url)
	yield page, watch
	page.context.close()


def pdf(page: Any, doctype: str, name: str, shown: str) -> bytes:
	asked = {"doctype": doctype, "name": name, "format": shown}
	answer = page.context.request.get("/api/method/frappe.utils.print_format.download_pdf", params=asked)
	assert answer.ok, answer.text()[:1000]
	assert answer.headers["content-type"].startswith("application/pdf")
	return answer.body()


def test_what_the_maker_of_pdfs_is_given(desk_page: Any, papers: dict[str, Any]) -> None:
	page, watch = desk_page
	findings = Findings()
	paper = reader(page.context)
	given: dict[str, list[str]] = {}
	for shown, html in papers["papers"]:
		given.setdefault(shown, []).append(html)
	assert len(given) >= 4
	for shown, texts in given.items():
		findings.add(shown, read(paper, watch, texts))
	paper.close()
	findings.none()


@pytest.mark.parametrize("doctype", PRINTED)
def test_a_pdf_does_nothing_by_itself(
	desk_page: Any, payload_rows: dict[str, Any], papers: dict[str, Any], doctype: str
) -> None:
	page, _watch = desk_page
	names = payload_rows[doctype]["names"]
	for at, shown in enumerate(papers["formats"][doctype]):
		for name in names[at :: len(names) // 4]:
			assert not acts(pdf(page, doctype, name, shown)), (shown, name)


@pytest.mark.parametrize("doctype", PRINTED)
def test_making_a_pdf_fetches_nothing(
	desk_page: Any, papers: dict[str, Any], fetched: tuple[int, list[str]], doctype: str
) -> None:
	page, _watch = desk_page
	for shown in papers["formats"][doctype]:
		for name in papers["reach"][doctype]:
			content = pdf(page, doctype, name, shown)
			assert not fetched[1], (shown, name, fetched[1])
			assert SECRET not in text_of(content), (shown, name)


def test_what_acts_and_what_is_fetched_is_noticed(fetched: tuple[int, list[str]], tmp_path: Path) -> None:
	from pypdf import PdfWriter

	writer = PdfWriter()
	writer.add_blank_page(100, 100)
	writer.add_js("app.alert(1)")
	writer.add_attachment("a.txt", b"x")
	acting = io.BytesIO()
	writer.write(acting)
	assert {"/JavaScript", "/JS", "/EmbeddedFiles"} <= acts(acting.getvalue())

	# The same values, put in as they are
	page, paper = tmp_path / "a.html", tmp_path / "a.pdf"
	for at, text in enumerate(reaching(str(fetched[0]))[:4]):
		page.write_text(f"<body>{text}</body>", "utf-8")
		made = ["wkhtmltopdf", "--quiet", "--disable-javascript", "--load-error-handling", "ignore"]
		subprocess.run(
			[*made, "--load-media-error-handling", "ignore", str(page), str(paper)], check=False, timeout=60
		)
		asked, fetched[1][:] = set(fetched[1]), []
		assert asked, at
	assert not acts(paper.read_bytes())
