// A new person of the CRM in one dialog: on teams, and on the list of users.
frappe.provide("skycrm.people");

Object.assign(skycrm.people, {
	may_add() {
		return frappe.user.has_role(["System Manager", "Sky CRM Admin"]);
	},

	async dialog(team, done) {
		const jobs = await frappe.xcall("skycrm.api.v1.people.jobs");
		const dialog = new frappe.ui.Dialog({
			title: __("New Person"),
			fields: [
				{ fieldname: "full_name", fieldtype: "Data", label: __("Full Name"), reqd: 1 },
				{
					fieldname: "email",
					fieldtype: "Data",
					options: "Email",
					label: __("Email"),
					reqd: 1,
				},
				{
					fieldname: "job",
					fieldtype: "Select",
					label: __("Job"),
					options: jobs,
					reqd: 1,
					description: __("Decides what they may do and what their desk shows."),
				},
				{ fieldtype: "Column Break" },
				{
					fieldname: "team",
					fieldtype: "Link",
					options: "Sky Team",
					label: __("Team"),
					default: team,
				},
				{
					fieldname: "place",
					fieldtype: "Select",
					label: __("Role in Team"),
					options: ["Member", "Deputy", "Manager"].map((value) => ({
						value,
						label: __(value),
					})),
					default: "Member",
				},
				{
					fieldname: "language",
					fieldtype: "Select",
					label: __("Language"),
					options: [
						{ value: "vi", label: "Tiếng Việt" },
						{ value: "en", label: "English" },
					],
					default: "vi",
				},
				{
					fieldname: "welcome",
					fieldtype: "Check",
					label: __("Send the welcome mail with the link to choose a password"),
					default: 1,
				},
			],
			primary_action_label: __("Add"),
			primary_action: async (values) => {
				const { user } = await frappe.xcall("skycrm.api.v1.people.create", values);
				dialog.hide();
				frappe.show_alert({
					message: __("{0} can work now.", [user]),
					indicator: "green",
				});
				done?.(user);
			},
		});
		dialog.show();
	},
});

// The form of teams and both lists load this file; once is enough.
if (!skycrm.people.is_on) {
	skycrm.people.is_on = true;

	frappe.ui.form.on("Sky Team", {
		refresh(frm) {
			if (frm.is_new() || !skycrm.people.may_add()) return;
			frm.add_custom_button(__("New Person"), () =>
				skycrm.people.dialog(frm.doc.name, () => frm.reload_doc())
			);
		},
	});
}

for (const doctype of ["Sky Team", "User"]) {
	const settings = (frappe.listview_settings[doctype] ??= {});
	if (settings.skycrm_people) continue;
	const before = settings.onload;
	settings.skycrm_people = true;
	settings.onload = function (listview) {
		before?.call(this, listview);
		if (!skycrm.people.may_add()) return;
		listview.page.add_inner_button(
			doctype === "User" ? __("New Person of the CRM") : __("New Person"),
			() => skycrm.people.dialog(null, () => listview.refresh())
		);
	};
}
