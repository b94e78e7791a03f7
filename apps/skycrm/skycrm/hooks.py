# Dotted paths only: no decision and no frappe call lives here.

app_name = "skycrm"
app_title = "SkyCRM"
app_publisher = "SkyCRM contributors"
app_description = "CRM for Frappe and ERPNext, made for selling in Vietnam"
app_email = "skycrm@example.com"
app_license = "gpl-3.0"
required_apps = ["erpnext"]
export_python_type_annotations = True

# Installation
# ------------
after_install = "skycrm.install.after_install"
after_migrate = "skycrm.install.after_migrate"
before_uninstall = "skycrm.uninstall.before_uninstall"

# Static records: filtered, so that an export never picks up a site's own
# -----------------------------------------------------------------------

# Permissions
# -----------

# Document events on ERPNext's and frappe's records
# -------------------------------------------------
doc_events = {
	"Quotation": {
		"validate": "skycrm.integrations.erpnext.events.quotation.validate",
		"on_submit": "skycrm.integrations.erpnext.events.quotation.on_submit",
		"on_change": "skycrm.integrations.erpnext.events.quotation.on_change",
		"on_update_after_submit": "skycrm.integrations.erpnext.events.quotation.on_update_after_submit",
	},
	"Sales Order": {
		"validate": "skycrm.integrations.erpnext.events.sales_order.validate",
		"on_submit": "skycrm.integrations.erpnext.events.sales_order.on_submit",
		"on_cancel": "skycrm.integrations.erpnext.events.sales_order.on_cancel",
	},
	"Delivery Note": {
		"validate": "skycrm.integrations.erpnext.events.delivery_note.validate",
	},
	"Sales Invoice": {
		"validate": "skycrm.integrations.erpnext.events.sales_invoice.validate",
		"on_submit": "skycrm.integrations.erpnext.events.sales_invoice.on_submit",
		"on_cancel": "skycrm.integrations.erpnext.events.sales_invoice.on_cancel",
	},
}

# ERPNext's forms: what of SkyCRM hangs on them
# ---------------------------------------------
override_doctype_dashboards = {
	"Customer": "skycrm.integrations.erpnext.dashboards.customer",
	"Quotation": "skycrm.integrations.erpnext.dashboards.sales_document",
	"Sales Order": "skycrm.integrations.erpnext.dashboards.sales_document",
	"Delivery Note": "skycrm.integrations.erpnext.dashboards.sales_document",
	"Sales Invoice": "skycrm.integrations.erpnext.dashboards.sales_document",
	"Purchase Order": "skycrm.integrations.erpnext.dashboards.sales_document",
}

# Print formats
# -------------
jinja = {
	"methods": [
		"skycrm.jinja.sky_print_view",
		"skycrm.jinja.sky_amount_in_words",
		"skycrm.jinja.sky_money",
	],
}

# Desk assets
# -----------
doctype_js = {
	"Quotation": "public/js/erpnext/chain.js",
	"Sales Order": "public/js/erpnext/chain.js",
	"Delivery Note": "public/js/erpnext/chain.js",
	"Sales Invoice": "public/js/erpnext/chain.js",
	"Purchase Order": "public/js/erpnext/chain.js",
	"Customer": "public/js/erpnext/customer.js",
	"Sky Segment": "public/js/filter_fields.js",
	"Sky Sharing Rule": "public/js/filter_fields.js",
	"Sky Campaign": "public/js/ask_before_workflow.js",
	"Sky Issue": "public/js/ask_before_workflow.js",
}
