// The builder of web forms: look at it, take the code for another web site, see what came in.

const site_url = (frm) =>
	(frm.doc.__onload && frm.doc.__onload.site_url) || window.location.origin;
const page_url = (frm) => `${site_url(frm)}/sky-form/${frm.doc.name}`;
const attribute = (text) => frappe.utils.escape_html(text || "");

// High enough for the questions, so that a frame on another site needs no scroll bar.
const frame_height = (frm) => {
	const lines = (frm.doc.form_fields || []).length * 95 + (frm.doc.consents || []).length * 80;
	return (
		320 + lines + ((frm.doc.form_fields || []).some((row) => row.field === "Message") ? 70 : 0)
	);
};

const script_code = (frm) =>
	`<script src="${site_url(frm)}/sky-form.js" data-form="${frm.doc.name}" async></` + "script>";

const frame_code = (frm) =>
	`<iframe src="${page_url(frm)}" title="${attribute(frm.doc.heading_vi || frm.doc.title)}" ` +
	`style="width:100%;max-width:680px;height:${frame_height(frm)}px;border:0" loading="lazy"></iframe>`;

const show_embed = (frm) => {
	const dialog = new frappe.ui.Dialog({
		title: __("Put the Form on a Web Site"),
		size: "large",
		fields: [
			{ fieldtype: "HTML", fieldname: "hints" },
			...copy_fields(
				"script",
				__("One Line of Script"),
				script_code(frm),
				__("Best: the form takes the width of the page and grows with it.")
			),
			...copy_fields(
				"frame",
				__("Frame"),
				frame_code(frm),
				__("For web sites that do not allow scripts of others.")
			),
			...copy_fields(
				"link",
				__("Link"),
				page_url(frm),
				__("For mails, Zalo, Facebook and QR codes.")
			),
		],
	});
	const sites = (frm.doc.allowed_origins || []).map((row) =>
		frappe.utils.escape_html(row.origin)
	);
	const hints = [];
	if (!frm.doc.published)
		hints.push(__("The form is not published yet: visitors cannot see it."));
	hints.push(
		sites.length
			? __("These web sites may show it: {0}", [sites.join(", ")])
			: __(
					"No web site may show it yet. Add yours under Protection; the link works without that."
				)
	);
	dialog.fields_dict.hints.$wrapper.html(
		hints.map((hint) => `<p class="text-muted">${hint}</p>`).join("")
	);
	dialog.$wrapper.find("textarea").css("height", "64px");
	dialog.show();
};

const copy_fields = (name, label, code, description) => [
	{ fieldtype: "Section Break", label, description },
	{ fieldtype: "Small Text", fieldname: name, default: code, read_only: 0 },
	{
		fieldtype: "Button",
		fieldname: `copy_${name}`,
		label: __("Copy"),
		click: () => frappe.utils.copy_to_clipboard(code),
	},
];

frappe.ui.form.on("Sky Web Form", {
	setup(frm) {
		frm.set_query("coupon", () => ({ filters: { coupon_type: "Promotional" } }));
		frm.set_query("source", () => ({ filters: { enabled: 1 } }));
	},
	refresh(frm) {
		frm.set_intro("");
		if (frm.is_new()) return;
		if (!frm.doc.published)
			frm.set_intro(__("Not published: visitors cannot see this form."), "orange");
		frm.add_custom_button(__("Preview"), () =>
			window.open(`/sky-form/${encodeURIComponent(frm.doc.name)}`, "_blank")
		);
		frm.add_custom_button(__("Embed"), () => show_embed(frm));
		frm.add_custom_button(__("Submissions"), () =>
			frappe.set_route("List", "Sky Form Submission", { form: frm.doc.name })
		);
	},
});
