/* global crypto, CustomEvent, DOMParser */
// <script src="https://your-site/sky-form.js" data-form="lien-he"></script> puts a form where the tag stands.
// data-lang="vi" or "en" chooses the language of forms that speak both; data-target="#id" another place.
import { dress } from "./look.js";
import { build_done, build_form, make, show_errors } from "./view.js";

const UTM = ["utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"];
const METHOD = "/api/method/skycrm.api.v1.";

const language_of_page = (script) =>
	script.dataset.lang || document.documentElement.lang || navigator.language || "vi";

const utm_of_page = () => {
	const query = new URLSearchParams(window.location.search);
	const found = {};
	for (const key of UTM) if (query.get(key)) found[key] = query.get(key);
	return found;
};

// In a frame the page that visitors see is the one around it.
const address_of_page = () =>
	window.top === window.self ? window.location.href : document.referrer || window.location.href;

const random_key = () => {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
};

const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

class SkyForm {
	constructor(script, base) {
		this.script = script;
		this.base = base;
		this.name = script.dataset.form;
		this.lang = language_of_page(script);
		this.host = document.createElement("div");
		this.host.setAttribute("data-sky-form", this.name);
		this.root = this.host.attachShadow({ mode: "open" });
		dress(this.root);
	}

	async start() {
		const target =
			this.script.dataset.target && document.querySelector(this.script.dataset.target);
		if (target) target.append(this.host);
		else this.script.after(this.host);
		const inline = this.script.dataset.definition;
		this.definition = inline
			? JSON.parse(document.getElementById(inline).textContent)
			: await this.ask("GET", "web_forms.definition", { form: this.name, lang: this.lang });
		this.shown_at = Date.now();
		this.form = build_form(this.definition);
		this.form.addEventListener("submit", (event) => {
			event.preventDefault();
			this.submit();
		});
		this.root.append(this.form);
	}

	// Never with cookies: whoever is signed in there is a visitor here. A form's encoding needs no question beforehand.
	async ask(method, path, values) {
		const body = new URLSearchParams(values);
		const url = `${this.base}${METHOD}${path}`;
		const response = await fetch(method === "GET" ? `${url}?${body}` : url, {
			method,
			body: method === "GET" ? undefined : body,
			mode: "cors",
			credentials: "omit",
			headers: { Accept: "application/json" },
			referrerPolicy: "strict-origin-when-cross-origin",
		});
		const answer = await response.json();
		if (response.ok) return answer.message;
		const refused = new Error("refused");
		refused.answer = answer;
		throw refused;
	}

	answers() {
		const fields = {};
		for (const field of this.definition.fields) {
			fields[field.name] = this.form.elements.namedItem(field.name).value.trim();
		}
		const consents = {};
		for (const consent of this.definition.consents) {
			consents[consent.name] = this.form.elements.namedItem(
				`consent_${consent.name}`
			).checked;
		}
		return { fields, consents };
	}

	// What can be seen without the server; everything else it says itself.
	missing({ fields, consents }) {
		const errors = {};
		for (const field of this.definition.fields) {
			if (field.required && !fields[field.name])
				errors[field.name] = this.definition.texts.fill_in;
		}
		for (const consent of this.definition.consents) {
			if (consent.required && !consents[consent.name]) {
				errors[`consent_${consent.name}`] = this.definition.texts.tick;
			}
		}
		return errors;
	}

	async submit() {
		const texts = this.definition.texts;
		const button = this.form.querySelector('button[type="submit"]');
		if (button.disabled) return;
		const answers = this.answers();
		const errors = this.missing(answers);
		if (Object.keys(errors).length) {
			show_errors(this.form, errors, texts.check);
			return;
		}
		show_errors(this.form, {}, this.definition.preview ? texts.preview : "");
		if (this.definition.preview) return;
		button.disabled = true;
		button.textContent = texts.sending;
		try {
			await this.send(answers);
		} catch (error) {
			this.show_refusal(error);
		} finally {
			button.disabled = false;
			button.textContent = this.definition.button;
		}
	}

	async send(answers) {
		// Nobody is refused for typing fast: the form waits for them.
		const wait = this.definition.min_seconds + 0.5 - (Date.now() - this.shown_at) / 1000;
		if (wait > 0) await pause(wait);
		const fields = JSON.stringify(answers.fields);
		const consents = JSON.stringify(answers.consents);
		// The same answers after a lost connection are the same submission; changed ones are another.
		if (this.sent !== fields + consents) {
			this.sent = fields + consents;
			this.key = random_key();
		}
		const { reference } = await this.ask("POST", "leads.capture", {
			form: this.name,
			fields,
			consents,
			utm: JSON.stringify(utm_of_page()),
			page: address_of_page(),
			honeypot: this.form.elements.namedItem(this.definition.honeypot).value,
			token: this.definition.token,
			idempotency_key: this.key,
			lang: this.definition.language,
		});
		let thanks = { text: "", coupon: null, redirect_url: "" };
		try {
			thanks = await this.ask("POST", "web_forms.thank_you", {
				form: this.name,
				reference,
				lang: this.definition.language,
			});
		} catch (error) {
			// It was sent; without the connection there is only less to read.
			thanks.text = "✓";
		}
		const done = build_done(this.definition, thanks);
		this.form.replaceWith(done);
		done.focus();
		this.host.dispatchEvent(
			new CustomEvent("sky-form-sent", {
				bubbles: true,
				composed: true,
				detail: { form: this.name, reference },
			})
		);
		if (thanks.redirect_url) this.go_on(thanks.redirect_url);
	}

	go_on(url) {
		try {
			window.top.location.href = url;
		} catch (error) {
			// The frame may not: the button leads there.
		}
	}

	show_refusal(error) {
		const texts = this.definition.texts;
		const answer = error.answer;
		if (!answer) {
			show_errors(this.form, {}, texts.unreachable);
			return;
		}
		if (answer.new_token) {
			this.definition.token = answer.new_token;
			this.shown_at = Date.now();
		}
		const fields = answer.field_errors || {};
		show_errors(
			this.form,
			fields,
			Object.keys(fields).length ? texts.check : message_of(answer) || texts.unreachable
		);
	}
}

// The framework wraps sentences into JSON twice, made for HTML; here they are text.
const message_of = (answer) => {
	try {
		const messages = JSON.parse(answer._server_messages || "[]").map(
			(entry) => JSON.parse(entry).message
		);
		const parsed = new DOMParser().parseFromString(messages.join("\n"), "text/html");
		return parsed.body.textContent;
	} catch (error) {
		return "";
	}
};

const script = document.currentScript;
if (script && script.dataset.form) {
	const form = new SkyForm(script, new URL(script.src).origin);
	form.start().catch((error) => {
		const closed = make(
			"p",
			{ class: "closed" },
			(error.answer && message_of(error.answer)) || "⚠"
		);
		form.root.append(closed);
	});
}
