// A recomputation of all scores: how far it is, shown until it is done.

const SCORE_RUN_WAIT_MS = 1500;

frappe.ui.form.on("Sky Score Run", {
	refresh(frm) {
		frm.disable_save();
		show_state(frm);
	},
});

async function show_state(frm) {
	const name = frm.docname;
	const state = await frappe.xcall("skycrm.api.v1.scoring.progress", { run: name });
	if (frm.docname !== name || frappe.get_route()[2] !== name) return;
	const open = ["Queued", "Running"].includes(state.status);
	const color = { Done: "green", Failed: "red" }[state.status] || "blue";
	frm.set_intro("");
	frm.set_intro(frappe.utils.escape_html(state.sentence), color);
	if (open && state.total) {
		frm.skycrm_progress = true;
		frm.dashboard.show_progress(
			__("Working the scores out"),
			(state.seen * 100) / state.total,
			frappe.utils.escape_html(state.sentence)
		);
	}
	if (open) {
		setTimeout(() => show_state(frm), SCORE_RUN_WAIT_MS);
	} else if (frm.doc.status !== state.status) {
		if (frm.skycrm_progress) frm.dashboard.hide_progress(__("Working the scores out"));
		frm.reload_doc();
	}
}
