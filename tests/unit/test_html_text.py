"""Rich text to plain lines."""

import pytest

from skycrm.domain.html_text import html_to_lines


@pytest.mark.parametrize(
	("value", "lines"),
	[
		(None, []),
		("", []),
		("Bảo hành 12 tháng", ["Bảo hành 12 tháng"]),
		("một\r\nhai\n\nba", ["một", "hai", "ba"]),
		("<p>Giao hàng</p><p>Thanh toán &amp; VAT</p>", ["Giao hàng", "Thanh toán & VAT"]),
		("<div>a<br>b<br/>c</div>", ["a", "b", "c"]),
		("<ul><li>x</li><li>y</li></ul>", ["• x", "• y"]),
		("<ol><li>x</li><li><b>y</b></li></ol>", ["1. x", "2. y"]),
		('<ol><li data-list="bullet">x</li><li data-list="ordered">y</li></ol>', ["• x", "1. y"]),
		("<ul><li>a<ol><li>b</li></ol></li><li>c</li></ul>", ["• a", "1. b", "• c"]),
		("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", ["a b", "c"]),
		("a<script>alert(1)</script>b", ["ab"]),
		("<style>p{}</style><p>x</p>", ["x"]),
		("<script>alert(1)", []),
		('["<script>alert(1)</script>"]', ['[""]']),
		("<img src=x onerror=alert(1)>ok", ["ok"]),
		("&lt;script&gt;alert(1)&lt;/script&gt;", ["<script>alert(1)</script>"]),
		("{{ frappe.db.sql('x') }}", ["{{ frappe.db.sql('x') }}"]),
		("5 < 7 và 8 > 3", ["5 < 7 và 8 > 3"]),
		("<p>  nhiều \n khoảng   trắng </p>", ["nhiều khoảng trắng"]),
		("<li></li><p></p>x", ["• x"]),
		("<svg><text>x</text></svg>y", ["y"]),
	],
)
def test_lines(value, lines):
	assert html_to_lines(value) == lines
