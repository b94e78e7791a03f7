frappe.ui.form.on("Sky Segment", {
	refresh(frm) {
		skycrm.filter_fields.offer(frm, "filters", (row) => row.document_type);
	},
});

frappe.ui.form.on("Sky Segment Filter", {
	document_type(frm, cdt, cdn) {
		frappe.model.set_value(cdt, cdn, "field_name", "");
		skycrm.filter_fields.offer(frm, "filters", (row) => row.document_type);
	},
	form_render(frm) {
		skycrm.filter_fields.offer(frm, "filters", (row) => row.document_type);
	},
	filters_add(frm) {
		skycrm.filter_fields.offer(frm, "filters", (row) => row.document_type);
	},
});

for (const child of ["Sky Segment Member", "Sky Segment Exclusion"]) {
	frappe.ui.form.on(child, {
		party_type(frm, cdt, cdn) {
			frappe.model.set_value(cdt, cdn, "party", null);
		},
	});
}
