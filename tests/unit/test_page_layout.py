"""Pages of a printed document."""

import random

from skycrm.domain.page_layout import Block, count_lines, lay_out, text_height, text_width


def rows(count: int, height: float = 2.0) -> list[Block]:
	return [Block("row", height, data=number) for number in range(count)]


def heights(pages, heading):
	"""Used height of each page, counted here by hand."""
	sums = []
	for page in pages:
		total = 0.0
		for kind, items in page.runs:
			total += heading if kind == "row" else 0.0
			total += sum(block.height for block in page.blocks if block.kind == kind and block.data in items)
		sums.append(total)
	return sums


def test_nothing_is_one_page():
	assert [page.blocks for page in lay_out([], 10, 20, 3)] == [[]]


def test_one_page_when_it_fits_exactly():
	assert len(lay_out(rows(5), 13, 20, 3)) == 1
	assert len(lay_out(rows(5), 12.9, 20, 3)) == 2


def test_heading_is_counted_on_each_page():
	pages = lay_out(rows(20), 13, 20, 4)
	assert [len(page.blocks) for page in pages] == [4, 8, 8]
	assert [page.number for page in pages] == [1, 2, 3]


def test_last_row_goes_with_the_totals():
	blocks = rows(5)
	blocks[-1].keep_with_next = True
	blocks.append(Block("totals", 6, data="sum"))
	pages = lay_out(blocks, 13, 20, 3)
	assert [[block.data for block in page.blocks] for page in pages] == [[0, 1, 2, 3], [4, "sum"]]
	assert pages[1].runs == [("row", [4]), ("totals", ["sum"])]


def test_kept_together_beyond_a_page_does_not_loop_or_leave_a_page_empty():
	blocks = [Block("a", 6, keep_with_next=True, data=n) for n in range(4)]
	pages = lay_out(blocks, 10, 10, 3)
	assert [block.data for page in pages for block in page.blocks] == [0, 1, 2, 3]
	assert all(page.blocks for page in pages)


def test_too_high_a_block_gets_its_own_page():
	pages = lay_out([Block("row", 2, data=1), Block("row", 99, data=2), Block("row", 2, data=3)], 10, 20, 1)
	assert [[block.data for block in page.blocks] for page in pages] == [[1], [2], [3]]


def test_random_documents_keep_order_and_fit():
	rng = random.Random(7)
	for _ in range(500):
		blocks = [
			Block("row", rng.uniform(1, 6), rng.random() < 0.1, data=number)
			for number in range(rng.randint(0, 60))
		]
		blocks += [
			Block(kind, rng.uniform(1, 8), rng.random() < 0.3, data=kind) for kind in ("totals", "terms")
		]
		pages = lay_out(blocks, 30, 60, 3)
		assert [block for page in pages for block in page.blocks] == blocks
		assert [page.number for page in pages] == list(range(1, len(pages) + 1))
		for page, used in zip(pages, heights(pages, 3), strict=True):
			assert used <= (30 if page.number == 1 else 60) + 1e-9


def test_lines():
	assert count_lines("", 10) == 0
	assert count_lines(None, 10) == 0
	assert count_lines("ngắn", 10) == 1
	assert count_lines("một hai ba bốn năm sáu bảy tám", 10) > 1
	long_word = "x" * 100
	assert count_lines(long_word, 10) >= 6
	assert text_height(["a", "b"], 10) == 2 * 1.35
	assert text_width("MMM") > text_width("iii")
