// A repair of many leads: how far it is, and what became of each.
frappe.ui.form.on("Sky Data Repair", {
	refresh(frm) {
		frm.disable_save();
		show_outcomes(frm);
		if (["Queued", "Running"].includes(frm.doc.status)) {
			if (frm.doc.total) {
				frm.dashboard.show_progress(
					__("Progress"),
					(100 * frm.doc.seen) / frm.doc.total,
					__("{0} of {1}", [frm.doc.seen, frm.doc.total])
				);
			}
			clearTimeout(frm.skycrm_again);
			frm.skycrm_again = setTimeout(() => {
				if (window.cur_frm === frm) frm.reload_doc();
			}, 3000);
		}
	},
});

function show_outcomes(frm) {
	const outcomes = JSON.parse(frm.doc.outcomes || "[]");
	const rows = outcomes
		.map(
			(row) => `<tr>
				<td><a href="${frappe.utils.get_form_link("Sky Lead", row.name)}">${frappe.utils.escape_html(
					row.title || row.name
				)}</a></td>
				<td>${row.done ? frappe.utils.icon("tick", "sm") : ""}</td>
				<td>${frappe.utils.escape_html(row.message || "")}</td>
			</tr>`
		)
		.join("");
	frm.fields_dict.outcome_html.$wrapper.html(
		rows
			? `<table class="table table-sm"><thead><tr><th>${__("Lead")}</th><th>${__(
					"Changed"
				)}</th><th>${__("What was done, or why not")}</th></tr></thead><tbody>${rows}</tbody></table>`
			: `<p class="text-muted">${__("Nothing to tell yet.")}</p>`
	);
}
