// A merge of leads: what moved, and the way back.
frappe.ui.form.on("Sky Lead Merge", {
	refresh(frm) {
		frm.disable_save();
		show_moved(frm);
		if (
			frm.doc.status === "Active" &&
			frm.doc.undoable &&
			frappe.model.can_write("Sky Lead")
		) {
			frm.add_custom_button(__("Undo Merge"), () =>
				skycrm.lead_merge.undo(frm.doc.primary, frm.doc.name, () => frm.reload_doc())
			);
		}
	},
});

function show_moved(frm) {
	const counts = Object.entries(JSON.parse(frm.doc.counts || "{}"));
	const rows = counts
		.map(
			([doctype, count]) =>
				`<tr><td>${frappe.utils.escape_html(__(doctype))}</td><td class="text-right">${cint(
					count
				)}</td></tr>`
		)
		.join("");
	frm.fields_dict.moved_html.$wrapper.html(
		rows
			? `<table class="table table-sm" style="max-width: 400px"><tbody>${rows}</tbody></table>`
			: `<p class="text-muted">${__("Nothing hung on the merged leads.")}</p>`
	);
}
