// A scoring rule: the fields of a lead to choose from, points of sources out of what was won, scores anew after a change.

frappe.ui.form.on("Sky Scoring Rule", {
	async refresh(frm) {
		if (frm.perm[0]?.write) {
			if (!frm.is_new()) {
				frm.add_custom_button(__("Recompute Scores"), () => recompute(frm));
				if (frm.doc.kind === "Lead Source") {
					frm.add_custom_button(__("Take Points from Win Rates"), () =>
						fill_sources(frm)
					);
				}
			}
			await offer_fields(frm);
		}
	},

	after_save() {
		frappe.show_alert({
			message: __(
				"New and changed leads score by this rule from now on, all others tonight or when you recompute the scores."
			),
			indicator: "blue",
		});
	},
});

async function offer_fields(frm) {
	frm.skycrm_fields ||= await frappe.xcall("skycrm.api.v1.scoring.fields");
	frm.fields_dict.lead_field.set_data?.(frm.skycrm_fields);
	frm.fields_dict.complete_fields.grid.update_docfield_property(
		"lead_field",
		"options",
		frm.skycrm_fields
	);
}

async function recompute(frm) {
	if (frm.is_dirty()) await frm.save();
	const run = await frappe.xcall("skycrm.api.v1.scoring.recompute");
	frappe.set_route("Form", "Sky Score Run", run.name);
}

function fill_sources(frm) {
	frappe.prompt(
		{
			fieldname: "best_points",
			fieldtype: "Int",
			label: __("Points of the Best Source"),
			default: 15,
			reqd: 1,
		},
		async ({ best_points }) => {
			const rows = await frappe.xcall("skycrm.api.v1.scoring.fill_sources", {
				rule: frm.docname,
				best_points,
			});
			if (!rows.length) {
				frappe.msgprint(
					__(
						"No source has enough decided leads yet: at least 10 that were won or lost are needed."
					)
				);
				return;
			}
			rows.forEach((row) => {
				const known = frm.doc.sources.find((line) => line.source === row.source);
				Object.assign(known || frm.add_child("sources"), row);
			});
			frm.refresh_field("sources");
			frm.dirty();
			frappe.show_alert(__("Check the points, then save."));
		},
		__("Take Points from Win Rates")
	);
}
