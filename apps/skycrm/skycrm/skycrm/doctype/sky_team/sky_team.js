// Form of a team: people of this site, and a parent that is not below it.
frappe.ui.form.on("Sky Team", {
	setup(frm) {
		const staff = () => ({ filters: { enabled: 1, user_type: "System User" } });
		frm.set_query("manager", staff);
		frm.set_query("user", "members", () => {
			const taken = (frm.doc.members || []).map((row) => row.user).filter(Boolean);
			return { filters: { ...staff().filters, name: ["not in", taken] } };
		});
		frm.set_query("parent_sky_team", () => ({
			filters: { is_group: 1, name: ["!=", frm.doc.name || ""] },
		}));
	},
	refresh(frm) {
		if (frm.is_new()) return;
		frm.add_custom_button(__("Team Tree"), () => frappe.set_route("Tree", "Sky Team"));
		frm.add_custom_button(
			__("Leads"),
			() => frappe.set_route("List", "Sky Lead", { team: frm.doc.name }),
			__("View")
		);
		frm.add_custom_button(
			__("Opportunities"),
			() => frappe.set_route("List", "Sky Opportunity", { team: frm.doc.name }),
			__("View")
		);
	},
});
