// What a visitor sent, as questions and answers.
frappe.ui.form.on("Sky Form Submission", {
	refresh(frm) {
		let content = {};
		try {
			content = JSON.parse(frm.doc.content || "{}");
		} catch (error) {
			content = {};
		}
		const rows = Object.entries(content).map(
			([label, answer]) =>
				`<tr><th style="width: 30%">${frappe.utils.escape_html(label)}</th>
				<td style="white-space: pre-line">${frappe.utils.escape_html(answer)}</td></tr>`
		);
		frm.fields_dict.content_html.$wrapper.html(
			rows.length ? `<table class="table table-bordered">${rows.join("")}</table>` : ""
		);
		frm.disable_save();
	},
});
