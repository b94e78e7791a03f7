// Points learnt from won and lost leads: a person looks at the evidence, then accepts or dismisses them.

frappe.ui.form.on("Sky Score Suggestion", {
	refresh(frm) {
		frm.disable_save();
		const color = { Accepted: "green", Dismissed: "gray" }[frm.doc.status] || "blue";
		frm.set_intro("");
		if (frm.doc.summary) frm.set_intro(frappe.utils.escape_html(frm.doc.summary), color);
		if (frm.doc.status !== "Open" || !frappe.model.can_write("Sky Scoring Rule")) return;
		frm.add_custom_button(__("Dismiss"), () => decide(frm, "dismiss_suggestion"));
		frm.add_custom_button(__("Accept"), () =>
			frappe.confirm(__("Give the rules these points and work all scores out anew?"), () =>
				decide(frm, "accept_suggestion")
			)
		).addClass("btn-primary");
	},
});

async function decide(frm, method) {
	await frappe.call({
		method: `skycrm.api.v1.scoring.${method}`,
		args: { name: frm.docname },
		freeze: true,
	});
	await frm.reload_doc();
}
