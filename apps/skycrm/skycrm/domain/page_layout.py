"""What goes on which page of a printed document.

The PDF generator that Linux distributions ship (wkhtmltopdf on an unpatched Qt) neither repeats the heading
of a table on the next page, nor keeps a row in one piece, nor numbers pages. So the pages are made here, from
the height that each part is expected to need, and every generator and browser shows the same pages.

The unit is the em of the body text. Widths of letters lie between those of Noto Sans and the wider DejaVu Sans, the
fonts that a Linux machine has for Vietnamese: a page is rather left a little short than run over.
"""

from dataclasses import dataclass, field
from math import ceil
from typing import Any

LINE_HEIGHT = 1.35

_NARROW = frozenset("iíìịỉĩjltfrI.,;:'!|()[] -•·\"`")
_WIDE = frozenset("mwMW@%&ÔỐỒỔỖỘƠỚỜỞỠỢƯỨỪỬỮỰOQGDĐ")


@dataclass
class Block:
	"""A part of the document that stays in one piece.

	Attributes:
		kind: what it is; the template has a part of that name. Neighbours of kind "row" form a table.
		height: how much it needs, in em.
		keep_with_next: do not end a page with it.
		data: what the template shows.
	"""

	kind: str
	height: float
	keep_with_next: bool = False
	data: Any = None


@dataclass
class Page:
	"""One sheet of paper: its number, and runs of neighbours of one kind."""

	number: int
	blocks: list[Block] = field(default_factory=list)

	@property
	def runs(self) -> list[tuple[str, list[Any]]]:
		"""Neighbours of one kind put together: [("row", [...]), ("totals", [...])]."""
		runs: list[tuple[str, list[Any]]] = []
		for block in self.blocks:
			if runs and runs[-1][0] == block.kind:
				runs[-1][1].append(block.data)
			else:
				runs.append((block.kind, [block.data]))
		return runs


def text_width(text: str) -> float:
	"""Width of a text in em, rather too much than too little."""
	width = 0.0
	for letter in text:
		if letter in _NARROW:
			width += 0.34
		elif letter in _WIDE:
			width += 0.88
		elif letter.isupper():
			width += 0.68
		elif ord(letter) > 0x2E80:
			width += 1.05  # Chinese, Japanese, Korean letters, emoji
		else:
			width += 0.59
	return width


def count_lines(text: str | None, width: float) -> int:
	"""How many lines a text takes in a column of `width` em, wrapped between words; 0 for no text."""
	if not text:
		return 0
	lines = 1
	used = 0.0
	for word in text.split():
		need = text_width(word)
		gap = 0.3 if used else 0.0
		if used + gap + need <= width:
			used += gap + need
		elif need <= width:
			lines += 1
			used = need
		else:
			# A word wider than the column is broken where the line ends.
			over = used + gap + need
			more = ceil(over / width) - 1
			lines += more
			used = over - more * width
	return lines


def text_height(texts: list[str], width: float, size: float = 1.0) -> float:
	"""Height in em of paragraphs set in `size` em under each other in a column of `width` em."""
	return sum(count_lines(text, width / size) for text in texts) * LINE_HEIGHT * size


def lay_out(blocks: list[Block], first: float, height: float, table_heading: float) -> list[Page]:
	"""Share blocks out over pages.

	Args:
		blocks: in reading order.
		first: room on the first page, in em, under its own heading.
		height: room on each further page.
		table_heading: what the heading of a table takes; it stands again on each page that has rows.

	Returns:
		Pages in order, at least one. A block higher than a page gets a page of its own and runs over it.
	"""
	pages = [Page(1)]
	used = 0.0
	for block in blocks:
		page = pages[-1]
		if page.blocks and used + _need(block, page.blocks, table_heading) > _room(page, first, height):
			moved = _take_kept(page)
			page = Page(page.number + 1, moved)
			pages.append(page)
			used = _height(moved, table_heading)
		used += _need(block, page.blocks, table_heading)
		page.blocks.append(block)
	return pages


def _room(page: Page, first: float, height: float) -> float:
	return first if page.number == 1 else height


def _need(block: Block, before: list[Block], table_heading: float) -> float:
	starts_table = block.kind == "row" and not (before and before[-1].kind == "row")
	return block.height + (table_heading if starts_table else 0.0)


def _height(blocks: list[Block], table_heading: float) -> float:
	return sum(_need(block, blocks[:index], table_heading) for index, block in enumerate(blocks))


def _take_kept(page: Page) -> list[Block]:
	"""Take the last blocks that must not end the page off it, never all of them."""
	moved: list[Block] = []
	while len(page.blocks) > 1 and page.blocks[-1].keep_with_next:
		moved.insert(0, page.blocks.pop())
	if len(page.blocks) == 1 and page.blocks[0].keep_with_next:
		page.blocks += moved  # everything holds together: no break is better than an empty page
		moved = []
	return moved
