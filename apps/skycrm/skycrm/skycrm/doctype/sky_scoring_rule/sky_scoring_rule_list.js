// The rules in their order, with what an admin does next: scores anew, points learnt from the history.
frappe.listview_settings["Sky Scoring Rule"] = {
	hide_name_column: true,
	add_fields: ["enabled"],

	get_indicator(doc) {
		return doc.enabled
			? [__("Enabled"), "green", "enabled,=,1"]
			: [__("Disabled"), "gray", "enabled,=,0"];
	},

	formatters: {
		title: (value) => frappe.utils.escape_html(__(value)),
		points(value) {
			if (!value) return "";
			const color = value < 0 ? "text-danger" : "text-success";
			return `<b class="${color}">${value > 0 ? "+" : "−"}${Math.abs(value)}</b>`;
		},
	},

	onload(listview) {
		if (!frappe.model.can_write("Sky Scoring Rule")) return;
		listview.page.add_inner_button(__("Recompute Scores"), async () => {
			const run = await frappe.xcall("skycrm.api.v1.scoring.recompute");
			frappe.set_route("Form", "Sky Score Run", run.name);
		});
		listview.page.add_inner_button(__("Learn from History"), async () => {
			const answer = await frappe.xcall("skycrm.api.v1.scoring.suggest");
			frappe.show_alert({ message: answer.message, indicator: "blue" });
		});
		frappe.realtime.on("skycrm_score_suggestion", ({ name, message }) => {
			frappe.show_alert({
				message: frappe.utils.escape_html(message),
				indicator: name ? "green" : "orange",
			});
			if (name) frappe.set_route("Form", "Sky Score Suggestion", name);
		});
	},
};
