// The boxes of a form, built node by node: no text of anybody ever becomes markup.
import { paint } from "./look.js";

export const make = (tag, attributes, ...children) => {
	const node = document.createElement(tag);
	for (const [name, value] of Object.entries(attributes || {})) {
		if (value === true) node.setAttribute(name, "");
		else if (value !== false && value !== null && value !== undefined && value !== "")
			node.setAttribute(name, value);
	}
	for (const child of children) if (child) node.append(child);
	return node;
};

const box_of = (field, texts) => {
	const shared = {
		id: `f-${field.name}`,
		name: field.name,
		autocomplete: field.autocomplete,
		placeholder: field.placeholder,
		"aria-required": field.required ? "true" : null,
		"aria-describedby": `${field.help ? `h-${field.name} ` : ""}e-${field.name}`,
	};
	if (field.input === "select") {
		const select = make("select", shared, make("option", { value: "" }, texts.choose));
		for (const option of field.options) {
			select.append(make("option", { value: option.value }, option.label));
		}
		return select;
	}
	if (field.input === "textarea") {
		return make("textarea", { ...shared, maxlength: field.maxlength, rows: 4 });
	}
	// The server checks email and phone in every way people write them; a browser's own check would be another one.
	return make("input", { ...shared, type: field.input, maxlength: field.maxlength });
};

const error_line = (name) => make("p", { class: "error", id: `e-${name}`, role: "alert" });

const question = (field, texts) =>
	make(
		"div",
		{ class: "row" },
		make(
			"label",
			{ for: `f-${field.name}` },
			field.label,
			field.required ? make("span", { class: "must" }, ` (${texts.required})`) : null
		),
		box_of(field, texts),
		field.help ? make("p", { class: "help", id: `h-${field.name}` }, field.help) : null,
		error_line(field.name)
	);

const tick = (consent, texts) =>
	make(
		"div",
		{ class: "row" },
		make(
			"label",
			{ class: "tick" },
			make("input", {
				type: "checkbox",
				name: `consent_${consent.name}`,
				"aria-describedby": `e-consent_${consent.name}`,
			}),
			make(
				"span",
				{},
				consent.wording,
				consent.required ? make("span", { class: "must" }, ` (${texts.required})`) : null
			)
		),
		error_line(`consent_${consent.name}`)
	);

// People never come here: it is out of sight, out of the tab order and hidden from screen readers.
const trap = (definition) =>
	make(
		"div",
		{ class: "trap", "aria-hidden": "true" },
		make(
			"label",
			{},
			definition.texts.trap,
			make("input", {
				type: "text",
				name: definition.honeypot,
				tabindex: "-1",
				autocomplete: "off",
			})
		)
	);

export const build_form = (definition) => {
	const texts = definition.texts;
	const form = make(
		"form",
		{ novalidate: true, lang: definition.language, "aria-label": definition.heading },
		definition.heading ? make("h2", {}, definition.heading) : null,
		definition.intro ? make("p", {}, definition.intro) : null,
		definition.preview ? make("p", { class: "preview" }, texts.preview) : null,
		make("p", { class: "summary", role: "alert", tabindex: "-1" }),
		...definition.fields.map((field) => question(field, texts)),
		...definition.consents.map((consent) => tick(consent, texts)),
		trap(definition),
		make("button", { type: "submit" }, definition.button)
	);
	paint(form, definition.accent_color);
	return form;
};

export const show_errors = (form, errors, summary) => {
	for (const line of form.querySelectorAll(".error")) line.textContent = "";
	for (const box of form.querySelectorAll("[aria-invalid]")) box.removeAttribute("aria-invalid");
	form.querySelector(".summary").textContent = summary || "";
	let first = null;
	for (const [name, message] of Object.entries(errors)) {
		const box = form.elements.namedItem(name);
		const line = form.querySelector(`#e-${CSS.escape(name)}`);
		if (!box || !line) continue;
		line.textContent = message;
		box.setAttribute("aria-invalid", "true");
		first = first || box;
	}
	if (first) first.focus();
	else if (summary) form.querySelector(".summary").focus();
};

const coupon_box = (coupon, texts) => {
	const copy = make("button", { type: "button" }, texts.copy);
	copy.addEventListener("click", async () => {
		try {
			await navigator.clipboard.writeText(coupon.code);
			copy.textContent = texts.copied;
		} catch (error) {
			// Not allowed on this page: the code is there to be read.
			copy.remove();
		}
	});
	return make(
		"div",
		{ class: "coupon" },
		coupon.text ? make("p", {}, coupon.text) : null,
		make("p", {}, `${texts.coupon}: `, make("span", { class: "code" }, coupon.code)),
		coupon.valid_upto
			? make("p", {}, texts.coupon_until.replace("{0}", coupon.valid_upto))
			: null,
		copy
	);
};

export const build_done = (definition, thanks) => {
	const texts = definition.texts;
	const done = make(
		"div",
		{ class: "done", role: "status", tabindex: "-1", lang: definition.language },
		make("p", {}, thanks.text),
		thanks.coupon ? coupon_box(thanks.coupon, texts) : null,
		thanks.redirect_url
			? make(
					"p",
					{},
					make(
						"a",
						{ class: "go", href: thanks.redirect_url, target: "_top" },
						texts.go_on
					)
				)
			: null
	);
	paint(done, definition.accent_color);
	return done;
};
