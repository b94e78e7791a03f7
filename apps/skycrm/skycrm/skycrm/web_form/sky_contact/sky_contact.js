// The token says when the page was shown; the box with the trap is hidden from people.
frappe.ready(() => {
	frappe.web_form.doc.form_token = "{{ sky_form_token }}";
	const query = new URLSearchParams(window.location.search);
	for (const key of ["utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"]) {
		if (query.get(key)) frappe.web_form.doc[key] = query.get(key).slice(0, 140);
	}
	const wording = JSON.parse("{{ sky_wording }}");
	if (wording) frappe.web_form.set_df_property("email_agreed", "label", wording);
	else frappe.web_form.set_df_property("email_agreed", "hidden", 1);
	const trap = frappe.web_form.fields_dict.website_url;
	trap.$wrapper
		.attr("aria-hidden", "true")
		.find("input")
		.attr({ tabindex: -1, autocomplete: "off" });
});
