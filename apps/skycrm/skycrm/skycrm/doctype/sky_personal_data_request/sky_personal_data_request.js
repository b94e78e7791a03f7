// A request about one person's data: look first, confirm by typing, then watch it run.

frappe.ui.form.on("Sky Personal Data Request", {
	setup(frm) {
		frappe.realtime.on("skycrm_personal_data", ({ name, progress, status }) => {
			if (frm.doc.name !== name) return;
			if (status !== "Searching") frm.dashboard.show_progress(__("Progress"), progress || 0);
			if (progress >= 100 || ["Previewed", "Failed"].includes(status)) frm.reload_doc();
		});
	},

	refresh(frm) {
		const open = ["Draft", "Previewed", "Failed"].includes(frm.doc.status);
		// What is found is not typed by hand; what is to stay is set to Keep, so that the proof shows it.
		frm.set_df_property("records", "cannot_delete_rows", true);
		// `cannot_add_rows` hides the buttons and shows them again in the same breath (frappe 15, grid.js).
		frm.fields_dict.records.grid.wrapper
			.find(".grid-add-row, .grid-add-multiple-rows, .grid-upload")
			.hide();
		if (frm.is_new()) return;
		if (!open) frm.disable_save();
		tell(frm);
		if (!open || !frappe.user.has_role("Sky CRM Admin")) return;
		if (!(frm.doc.status === "Failed" && frm.doc.step)) {
			frm.add_custom_button(__("Preview"), () => preview(frm));
		}
		if (frm.doc.status !== "Draft") {
			const erase = frm.doc.kind === "Erasure";
			frm.add_custom_button(erase ? __("Erase") : __("Export"), () => start(frm)).addClass(
				erase ? "btn-danger" : "btn-primary"
			);
		}
	},
});

// What the administrator waits for, or is waited for.
function tell(frm) {
	frm.set_intro("");
	if (frm.doc.status === "Searching") {
		frm.set_intro(
			__(
				"Stored files are being searched for the person. The list is complete when it is done."
			)
		);
	}
	const undecided = (frm.doc.records || []).filter((row) => row.action === "Decide").length;
	if (frm.doc.status === "Previewed" && undecided) {
		frm.set_intro(
			__("Rows that wait for your decision: {0}. Set What Happens to Erase or Keep.", [
				undecided,
			]),
			"orange"
		);
	}
}

async function preview(frm) {
	if (frm.is_dirty()) await frm.save();
	// A refusal is shown by the framework; nothing more is to be done then.
	frappe.call({
		method: "skycrm.api.v1.personal_data.preview",
		args: { request: frm.doc.name },
		freeze: true,
		callback: () => frm.reload_doc(),
	});
}

async function start(frm) {
	if (frm.is_dirty()) await frm.save();
	const warning =
		frm.doc.kind === "Erasure"
			? __("The person's data is erased for good. Nobody can bring it back.")
			: __(
					"Everything kept about the person goes into one file that only administrators can open."
				);
	frappe.prompt(
		[
			{ fieldname: "warning", fieldtype: "HTML", options: `<p>${warning}</p>` },
			{
				fieldname: "typed",
				fieldtype: "Data",
				label: __("Type {0} to confirm", [frm.doc.name]),
				reqd: 1,
			},
		],
		({ typed }) =>
			frappe.call({
				method: "skycrm.api.v1.personal_data.start",
				args: { request: frm.doc.name, typed },
				callback: () => frm.reload_doc(),
			}),
		__("Confirm"),
		frm.doc.kind === "Erasure" ? __("Erase") : __("Export")
	);
}
