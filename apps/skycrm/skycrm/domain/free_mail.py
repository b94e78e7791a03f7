"""Mail providers that give an address to anybody: one of theirs says nothing about the firm behind a person.

The list holds what is met in Vietnam and the large ones of the world; it is no list of bad addresses.
"""

PROVIDERS = frozenset(
	"""
	gmail.com googlemail.com yahoo.com yahoo.com.vn ymail.com rocketmail.com yahoo.co.jp yahoo.co.uk yahoo.fr
	hotmail.com hotmail.com.vn hotmail.fr outlook.com outlook.com.vn live.com live.com.vn msn.com
	icloud.com me.com mac.com aol.com aim.com gmx.com gmx.net gmx.de web.de mail.com proton.me protonmail.com pm.me
	zohomail.com yandex.com yandex.ru mail.ru inbox.ru list.ru bk.ru tutanota.com tuta.io fastmail.com hey.com
	qq.com 163.com 126.com sina.com foxmail.com naver.com hanmail.net daum.net nate.com rediffmail.com
	vnn.vn hn.vnn.vn hcm.vnn.vn dng.vnn.vn fpt.vn hcm.fpt.vn hn.fpt.vn vol.vn zing.vn walla.com
	mailinator.com guerrillamail.com 10minutemail.com yopmail.com tempmail.com temp-mail.org trashmail.com
	""".split()
)


def is_company_address(email_key: str | None) -> bool:
	"""Whether an address belongs to a domain of a firm or an office, as far as its spelling tells.

	Args:
		email_key: the key of the address, see email_address.email_key; empty for none.

	Returns:
		False for no address and for one of PROVIDERS.
	"""
	domain = (email_key or "").rpartition("@")[2].lower()
	return bool(domain) and "." in domain and domain not in PROVIDERS
