"""Rich text turned into plain lines, for paper: nothing of the markup, so nothing of a script, survives.

Descriptions of items and terms of a sale are HTML in ERPNext, and the framework's cleaning on save has holes (a
value that parses as JSON is stored as it came). A print that shows lines of text, escaped by the template, has
no hole to find.
"""

from html.parser import HTMLParser

_LINE_TAGS = frozenset(
	"address article blockquote br dd div dl dt footer h1 h2 h3 h4 h5 h6 header hr ol p pre section table tbody tfoot "
	"thead tr ul".split()
)
_SILENT_TAGS = frozenset(
	"script style template head title noscript iframe object svg math select textarea".split()
)


class _Reader(HTMLParser):
	def __init__(self) -> None:
		super().__init__(convert_charrefs=True)
		self.lines: list[str] = []
		self._line: list[str] = []
		self._prefix = ""
		self._lists: list[int | None] = []
		self._silent: list[str] = []

	def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
		if tag in _SILENT_TAGS:
			self._silent.append(tag)
		elif tag in _LINE_TAGS or tag == "li":
			self.end_line()
		if tag == "ol":
			self._lists.append(1)
		elif tag == "ul":
			self._lists.append(None)
		elif tag == "li":
			self._prefix = self._next_mark(dict(attrs).get("data-list"))
		elif tag in ("td", "th"):
			self._line.append(" ")

	def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
		if tag in _LINE_TAGS:
			self.end_line()

	def handle_endtag(self, tag: str) -> None:
		if tag in self._silent:
			del self._silent[self._silent.index(tag) :]
		elif tag in _LINE_TAGS or tag == "li":
			self.end_line()
		if tag in ("ol", "ul") and self._lists:
			self._lists.pop()

	def handle_data(self, data: str) -> None:
		if not self._silent:
			self._line.append(data)

	def end_line(self) -> None:
		text = " ".join("".join(self._line).split())
		if text:
			self.lines.append(self._prefix + text)
			self._prefix = ""
		self._line = []

	def _next_mark(self, kind: str | None) -> str:
		# The framework's editor writes every list as <ol> and says in data-list which kind a row is.
		number = self._lists[-1] if self._lists else None
		if number is None or kind == "bullet":
			return "• "
		self._lists[-1] = number + 1
		return f"{number}. "


def html_to_lines(value: str | None) -> list[str]:
	"""The text of an HTML value (or of plain text), one entry per line, blank lines left out.

	List items keep a bullet or their number. Text without any tag keeps its own line ends.

	Args:
		value: HTML as a text editor stores it, plain text, or None.

	Returns:
		Plain text: the caller still has to escape it for whatever it is put into.
	"""
	if not value:
		return []
	text = str(value)
	if "<" not in text:
		text = text.replace("\r\n", "\n").replace("\n", "<br>")
	reader = _Reader()
	reader.feed(text)
	reader.close()
	reader.end_line()
	return reader.lines
