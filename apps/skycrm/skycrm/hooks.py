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
doc_events = {}

# Desk assets
# -----------
doctype_js = {
	"Sky Segment": "public/js/filter_fields.js",
	"Sky Sharing Rule": "public/js/filter_fields.js",
	"Sky Campaign": "public/js/ask_before_workflow.js",
	"Sky Issue": "public/js/ask_before_workflow.js",
}
