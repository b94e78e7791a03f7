"""A first web form, closed until somebody publishes it: it stands behind the page /sky-contact as well."""

import frappe

from skycrm.setup import shipped

FORM, SETTINGS = "Sky Web Form", "Sky CRM Settings"
CONTACT_FORM = "lien-he"

VALUES = {
	"title": "Liên hệ / Contact",
	"slug": CONTACT_FORM,
	"published": 0,
	"language": "Auto",
	"heading_vi": "Liên hệ với chúng tôi",
	"heading_en": "Contact us",
	"intro_vi": "Để lại tên và số điện thoại, chúng tôi sẽ gọi lại cho bạn.",
	"intro_en": "Leave your name and number, we will call you back.",
	"button_vi": "Gửi",
	"button_en": "Send",
	"thank_you_vi": "Cảm ơn bạn. Chúng tôi sẽ liên hệ trong thời gian sớm nhất.",
	"thank_you_en": "Thank you. We will be in touch soon.",
	"form_fields": [
		{"field": "Full Name", "required": 1},
		{"field": "Organization"},
		{
			"field": "Mobile No",
			"required": 1,
			"placeholder_vi": "0912 345 678",
			"placeholder_en": "0912 345 678",
		},
		{"field": "Email"},
		{
			"field": "Message",
			"label_vi": "Bạn cần chúng tôi giúp gì?",
			"label_en": "What can we do for you?",
		},
	],
	"consents": [
		{
			"channel": "Email",
			"wording_vi": "Tôi đồng ý nhận tin khuyến mãi qua email và có thể rút lại bất cứ lúc nào.",
			"wording_en": "I agree to receive offers by email and may take this back at any time.",
		}
	],
}


def insert() -> None:
	"""Bring the form if it was never brought; the source it names is there once fixtures are loaded."""
	made = shipped.ship_once(FORM, VALUES, key=CONTACT_FORM, name=CONTACT_FORM)
	if made and not frappe.db.get_single_value(SETTINGS, "contact_page_form"):
		frappe.db.set_single_value(SETTINGS, "contact_page_form", made, update_modified=False)
		frappe.clear_document_cache(SETTINGS, SETTINGS)
