frappe.ui.form.on("Sky Sharing Rule", {
	setup(frm) {
		frm.set_query("document_type", () => ({
			filters: { module: "SkyCRM", istable: 0, issingle: 0 },
		}));
		frm.set_query("share_to", () => {
			if (frm.doc.share_to_type === "User") {
				return { filters: { enabled: 1, user_type: "System User" } };
			}
			return frm.doc.share_to_type === "Role"
				? { filters: { disabled: 0, desk_access: 1 } }
				: {};
		});
		frm.set_query("share_from", () =>
			frm.doc.share_from_type === "User"
				? { filters: { enabled: 1, user_type: "System User" } }
				: {}
		);
	},
	refresh(frm) {
		frm.set_intro(
			__(
				"Rules are kept here for later. In this version they open no record: owner, team and the default access of the settings decide."
			),
			"orange"
		);
		skycrm.filter_fields.offer(frm, "filters", () => frm.doc.document_type);
	},
	document_type(frm) {
		skycrm.filter_fields.offer(frm, "filters", () => frm.doc.document_type);
	},
	share_from_type(frm) {
		frm.set_value("share_from", null);
	},
	share_to_type(frm) {
		frm.set_value("share_to", null);
	},
});

frappe.ui.form.on("Sky Sharing Rule Filter", {
	filters_add(frm) {
		skycrm.filter_fields.offer(frm, "filters", () => frm.doc.document_type);
	},
	form_render(frm) {
		skycrm.filter_fields.offer(frm, "filters", () => frm.doc.document_type);
	},
});
