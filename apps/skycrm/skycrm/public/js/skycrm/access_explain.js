// Why somebody sees a record or does not: an item of the form's menu, for those who see all records.
// The file is loaded with each of these forms, so it registers itself once.
frappe.provide("skycrm.access");

skycrm.access.explain_dialog = function (frm) {
	const dialog = new frappe.ui.Dialog({
		title: __("Who Sees This Record, and Why?"),
		size: "large",
		fields: [
			{
				fieldname: "user",
				fieldtype: "Link",
				options: "User",
				label: __("User"),
				reqd: 1,
				get_query: () => ({ filters: { user_type: "System User" } }),
				onchange: () => skycrm.access.show_explanation(frm, dialog),
			},
			{ fieldname: "answer", fieldtype: "HTML" },
		],
	});
	dialog.show();
};

skycrm.access.show_explanation = async function (frm, dialog) {
	const user = dialog.get_value("user");
	const field = dialog.get_field("answer");
	if (!user) {
		field.html("");
		return;
	}
	const answer = await frappe.xcall("skycrm.api.v1.access.explain", {
		doctype: frm.doctype,
		name: frm.docname,
		user,
	});
	// The reasons are HTML of the server, in which every name is escaped.
	const rows = answer.rights
		.map(
			(right) => `<tr data-right="${right.right}">
				<td>${frappe.utils.escape_html(right.label)}</td>
				<td><span class="indicator-pill ${right.allowed ? "green" : "red"}">
					${right.allowed ? __("Yes") : __("No")}
				</span></td>
				<td><ul class="pl-3 mb-0">${right.reasons.map((reason) => `<li>${reason}</li>`).join("")}</ul></td>
			</tr>`
		)
		.join("");
	field.html(
		`<table class="table table-sm skycrm-access">
			<thead><tr><th>${__("Kind of Access")}</th><th>${__("Allowed")}</th><th>${__("Reason")}</th></tr></thead>
			<tbody>${rows}</tbody>
		</table>`
	);
};

if (!skycrm.access.explains) {
	skycrm.access.explains = true;
	skycrm.access.document_types.forEach((doctype) => {
		frappe.ui.form.on(doctype, {
			refresh(frm) {
				const admin = ["System Manager", "Sky CRM Admin"].some((role) =>
					frappe.user.has_role(role)
				);
				if (!admin || frm.is_new()) return;
				frm.page.add_menu_item(__("Who Sees This?"), () =>
					skycrm.access.explain_dialog(frm)
				);
				// Without a period: whoever asks this of one record asks for all of it.
				frm.page.add_menu_item(__("Who Did What Here?"), () =>
					frappe.set_route("query-report", "Access Audit", {
						document_type: frm.doctype,
						record: frm.docname,
						from_date: frappe.datetime.add_months(frappe.datetime.get_today(), -24),
					})
				);
			},
		});
	});
}
