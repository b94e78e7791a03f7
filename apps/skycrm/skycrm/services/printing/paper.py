"""Size of the paper, and of the letters on it, in the unit of the page layout."""

from dataclasses import dataclass

import frappe
from frappe.utils import flt
from frappe.utils.pdf import is_wkhtmltopdf_valid

# Body text on paper; everything else is measured in em of it.
FONT_POINTS = 9.2
_FONT_MM = FONT_POINTS * 25.4 / 72

# The framework gives wkhtmltopdf margins of 15 mm when a print has no header or footer of its own.
MARGIN_MM = 15.0

# Heights that Qt's page sizes have; what is not listed is A4.
_SIZES_MM = {
	"A3": (297.0, 420.0),
	"A4": (210.0, 297.0),
	"A5": (148.0, 210.0),
	"B5": (176.0, 250.0),
	"Executive": (190.5, 254.0),
	"Legal": (215.9, 355.6),
	"Letter": (215.9, 279.4),
}

# Measured on Debian's wkhtmltopdf 0.12.6: without the project's own patches to Qt it lays a page out 1.25 times as
# wide as the paper, at 100 dots per inch instead of 96, and shrinks it to fit.
_UNPATCHED_SCALE = 0.768

# Part of a page that is filled by estimate. On the generator that was measured the estimates leave room enough by
# themselves; on others some is kept for fonts and scales that differ.
_FILL_MEASURED = 1.0
_FILL = 0.95


@dataclass(frozen=True)
class Paper:
	"""Room on one sheet in em, and the size to give the letters in a PDF, in points of the stylesheet."""

	width: float
	height: float
	pdf_points: float
	screen_points: float = FONT_POINTS


def current_paper() -> Paper:
	"""The paper of the site's Print Settings, on the PDF generator that this machine has."""
	width, height = _sheet_mm()
	scale, fill = (1.0, _FILL) if is_wkhtmltopdf_valid() else (_UNPATCHED_SCALE, _FILL_MEASURED)
	return Paper(
		width=(width - 2 * MARGIN_MM) / _FONT_MM,
		height=(height - 2 * MARGIN_MM) / _FONT_MM * fill,
		pdf_points=round(FONT_POINTS / scale, 2),
	)


def _sheet_mm() -> tuple[float, float]:
	size = frappe.db.get_single_value("Print Settings", "pdf_page_size", cache=True) or "A4"
	if size == "Custom":
		height, width = (
			flt(frappe.db.get_single_value("Print Settings", fieldname, cache=True))
			for fieldname in ("pdf_page_height", "pdf_page_width")
		)
		if height > 2 * MARGIN_MM and width > 2 * MARGIN_MM:
			return width, height
	return _SIZES_MM.get(size, _SIZES_MM["A4"])
