// List of opportunities: where each stands and what it is worth; many can be moved at once.
frappe.listview_settings["Sky Opportunity"] = {
	hide_name_column: true,
	hide_name_filter: true,
	add_fields: [
		"status",
		"stage",
		"customer",
		"amount",
		"base_amount",
		"currency",
		"company",
		"expected_closing",
		"approval_status",
	],
	filters: [["status", "=", "Open"]],

	get_indicator(doc) {
		if (doc.status === "Open" && doc.approval_status === "Pending") {
			return [__("Waits for Approval"), "orange", "approval_status,=,Pending"];
		}
		const color = { Open: "blue", Won: "green", Lost: "gray" }[doc.status] || "gray";
		return [__(doc.status, null, "Sky Opportunity"), color, `status,=,${doc.status}`];
	},

	formatters: {
		// Whole units: the column is narrow, and nobody compares sales by the cent.
		amount(value, df, doc) {
			const digits = Math.abs(flt(value)) >= 1000 ? 0 : null;
			return `<span>${format_currency(value, doc.currency, digits)}</span>`;
		},
		expected_closing(value, df, doc) {
			if (!value) return "";
			const late = doc.status === "Open" && value < frappe.datetime.get_today();
			return `<span class="${late ? "text-danger" : ""}">${frappe.datetime.str_to_user(value)}</span>`;
		},
	},

	onload(listview) {
		if (frappe.model.can_write("Sky Opportunity")) {
			listview.page.add_actions_menu_item(
				__("Move Stage"),
				() => skycrm.stage_move.many(listview),
				false
			);
		}
		frappe.ui.keys.add_shortcut({
			shortcut: "alt+k",
			action: () => frappe.set_route("List", "Sky Opportunity", "Kanban"),
			description: __("Opportunities as a board"),
			page: listview.page,
		});
	},

	refresh(listview) {
		skycrm.kanban_totals.show(listview, "base_amount");
		skycrm.empty_state.show(listview, {
			title: __("No open opportunities"),
			hint: __("Convert a lead, or make an opportunity for a customer you know already."),
		});
	},
};
