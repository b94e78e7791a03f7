// Settings: only document types whose visibility is decided here can be chosen.
frappe.ui.form.on("Sky CRM Settings", {
	setup(frm) {
		frm.set_query("document_type", "access_defaults", () => ({
			filters: { module: "SkyCRM", istable: 0, issingle: 0 },
		}));
	},
	sandbox_mode(frm) {
		frm.trigger("refresh");
	},
	refresh(frm) {
		frm.set_intro("");
		if (frm.doc.sandbox_mode) {
			frm.set_intro(__("Sandbox mode is on: no message leaves this site."), "orange");
		}
	},
});
