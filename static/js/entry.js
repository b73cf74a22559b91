// One report of a page, each of whose fields saves itself. What the server hasn't taken yet stays on this machine under
// `report-<writer>-<report>`: {at, fields: {key: {base, value, carried}}}, base being what the field held when typing
// began. A field whose stored value is still its base is sent again silently; otherwise both values are shown. What is
// older than a week static/js/frame.js has removed by then.
const WAIT = 600;
const RETRY = 10_000;

// Whoever signs out leaves nothing behind (static/js/frame.js clears it), also when an answer comes later.
let isLeaving = false;
document.querySelector(".bar form")?.addEventListener("submit", () => {
  isLeaving = true;
});

const token = () => document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]*)/)?.[1] ?? "";

export function make(tag, className, text) {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

class Field {
  constructor(input, key) {
    this.input = input;
    this.key = key;
    this.hidden = input.form.elements[`initial-${input.name}`];
    this.isBox = input.type === "checkbox";
    this.carried = false;
    this.refused = null; // the value that the server didn't understand: not sent again until it changes
    this.disputed = false;
  }

  get value() {
    return this.isBox ? String(this.input.checked) : this.input.value.replaceAll("\r\n", "\n");
  }

  set value(value) {
    if (this.isBox) this.input.checked = value === "true";
    else this.input.value = value;
  }

  get base() {
    const raw = (this.hidden?.value ?? "").replaceAll("\r\n", "\n");
    return this.isBox ? String(raw === "True" || raw === "true") : raw;
  }

  set base(value) {
    if (this.hidden) this.hidden.value = this.isBox ? (value === "true" ? "True" : "False") : value;
  }

  get isDirty() {
    return this.value !== this.base;
  }

  get isToSend() {
    return this.isDirty && !this.disputed && this.refused !== this.value;
  }

  get place() {
    return this.input.closest(".entry");
  }
}

export class Report {
  constructor(block, writer, changed) {
    this.block = block;
    this.writer = writer;
    this.changed = changed; // called whenever the state that the page tells may be another
    this.version = block.dataset.version;
    this.prefix = block.dataset.prefix ?? "";
    this.store = `report-${writer}-${block.dataset.report}`;
    this.problem = ""; // "", "offline", "signed-out" or a sentence after which nothing more is sent
    this.fields = new Map();
    for (const input of block.querySelectorAll("input:not([type=hidden]), textarea, select")) this.adopt(input);
    for (const place of block.querySelectorAll(".entry[data-last]")) this.offerSame(place);
    this.restore();
    block.addEventListener("input", (event) => this.typed(event.target));
    block.addEventListener("change", () => this.flush());
  }

  adopt(input) {
    const key = input.name.slice(this.prefix.length);
    if (input.name.startsWith(this.prefix) && !input.disabled) this.fields.set(key, new Field(input, key));
  }

  typed(input) {
    const field = this.fields.get(input.name?.slice(this.prefix.length));
    if (!field) return;
    this.mark(field, false);
    this.complain(field, "");
    this.keep();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), WAIT);
  }

  get all() {
    return [...this.fields.values()];
  }

  get unsaved() {
    return this.all.filter((field) => field.isDirty);
  }

  // Same as last month

  offerSame(place) {
    const field = this.fields.get(place.dataset.key);
    if (!field || !place.dataset.last) return;
    const button = make("button", "same", place.dataset.same ?? "同上月");
    button.type = "button";
    if (place.dataset.label) button.setAttribute("aria-label", `${place.dataset.label}，填入${button.textContent}`);
    button.addEventListener("click", () => this.fill(field, place.dataset.last));
    place.querySelector(":scope > .last")?.remove();
    place.append(button);
  }

  fill(field, value) {
    field.value = value;
    field.input.dispatchEvent(new Event("input", { bubbles: true }));
    this.mark(field, field.input.tagName !== "TEXTAREA");
    this.keep();
  }

  mark(field, isCarried) {
    field.carried = isCarried;
    const place = field.place;
    place?.querySelector(":scope > .carried")?.remove();
    if (isCarried) field.input.after(make("span", "tag idle carried", "同上月"));
  }

  // On this machine until the server has it

  keep() {
    if (isLeaving) return;
    const fields = Object.fromEntries(
      this.unsaved.map((field) => [field.key, { base: field.base, value: field.value, carried: field.carried }]),
    );
    if (this.unsaved.length === 0) localStorage.removeItem(this.store);
    else localStorage.setItem(this.store, JSON.stringify({ at: Date.now(), fields }));
    this.changed();
  }

  restore() {
    const kept = JSON.parse(localStorage.getItem(this.store) ?? "null");
    if (!kept) return;
    for (const [key, { base, value, carried }] of Object.entries(kept.fields)) {
      const field = this.fields.get(key);
      // Gone, in the store already, or on a page that shows again what was typed.
      if (!field || field.base === value || field.isDirty) continue;
      field.value = value;
      this.mark(field, carried);
      if (field.base !== base) this.choose(field, field.base, "");
    }
    this.keep();
    this.flush();
  }

  // To the server

  async flush() {
    clearTimeout(this.timer);
    if (this.sending) return this.sending;
    this.sending = this.sendAll().finally(() => {
      this.sending = null;
      this.keep();
    });
    return this.sending;
  }

  async sendAll() {
    while (this.all.some((field) => field.isToSend) && !this.isStopped) {
      this.changed();
      if (!(await this.send(this.all.filter((field) => field.isToSend)))) return;
    }
  }

  get isStopped() {
    return this.problem !== "" && this.problem !== "offline" && this.problem !== "signed-out";
  }

  async send(fields) {
    const sent = new Map(fields.map((field) => [field, field.value]));
    let response;
    try {
      response = await fetch(this.block.dataset.autosave, {
        method: "POST",
        body: this.body(sent),
        headers: { "X-CSRFToken": token(), Accept: "application/json" },
        redirect: "manual",
      });
    } catch {
      return this.fail("offline");
    }
    if (response.type === "opaqueredirect") return this.fail("signed-out");
    if (response.status >= 500 || response.status === 429) return this.fail("offline");
    const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
    if (!isJson) return this.fail(response.status === 403 ? "signed-out" : "这份月报现在不能保存，请刷新后再看。");
    const answer = await response.json();
    if (response.ok) return this.saved(answer, sent);
    return answer.conflicts ? this.conflict(answer) : this.fail(answer.message);
  }

  body(sent) {
    const body = new FormData();
    body.set("version", this.version);
    body.set("writer", this.writer);
    for (const [field, value] of sent) {
      if (!field.isBox) body.set(field.key, value);
      else if (value === "true") body.set(field.key, "on");
      body.set(`initial-${field.key}`, field.isBox ? (field.base === "true" ? "True" : "False") : field.base);
      if (field.carried) body.append("carried", field.key);
    }
    return body;
  }

  fail(problem) {
    this.problem = problem;
    if (problem === "offline") setTimeout(() => this.flush(), RETRY);
    return false;
  }

  saved(answer, sent) {
    const { version, status, saved_at, fields, errors } = answer;
    this.problem = "";
    this.savedAt = saved_at;
    this.version = version;
    const hidden = this.block.querySelector("[name$=version]");
    if (hidden) hidden.value = version;
    this.block.querySelector("[data-status]")?.replaceChildren(make("span", `tag ${status.tag}`, status.word));
    for (const [field, value] of sent) {
      const stored = fields[field.key];
      if (errors[field.key]) {
        field.refused = value;
        this.complain(field, errors[field.key]);
      } else if (stored) {
        if (field.value === value) field.value = stored.value;
        field.base = stored.value;
        this.show(field, stored);
      } else {
        field.base = value; // "1,200" where 1200 stood already: nothing to store
      }
    }
    this.block.dispatchEvent(new CustomEvent("saved", { detail: answer })); // for what else the page shows
    return true;
  }

  show(field, { cumulative, mark, warning }) {
    const output = this.block.querySelector(`[data-cumulative="${field.key}"]`);
    if (output) output.textContent = cumulative;
    const cell = this.block.querySelector(`[data-mark="${field.key}"]`);
    if (cell && mark) cell.replaceChildren(make("span", `tag ${mark.tag}`, mark.word));
    if (warning !== undefined) this.ask(field, warning);
  }

  // Beside the field: an error, a question, two values to choose from

  complain(field, sentence) {
    const place = field.place ?? field.input.parentElement;
    field.input.toggleAttribute("aria-invalid", false);
    document.getElementById(`${field.input.id}_error`)?.remove();
    if (!sentence) return;
    const error = make("span", "error", sentence);
    error.id = `${field.input.id}_error`;
    error.setAttribute("role", "alert");
    field.input.setAttribute("aria-invalid", "true");
    field.input.setAttribute("aria-describedby", error.id);
    place.append(error);
  }

  ask(field, warning) {
    const asked = field.place.querySelector(":scope > .odd");
    const key = `why_${field.key}`;
    if (!warning) {
      asked?.remove();
      this.fields.delete(key);
      return;
    }
    if (asked) {
      asked.querySelector("label").textContent = `${warning}属实请写一句原因：`;
      return;
    }
    const odd = make("span", "odd", "");
    odd.setAttribute("role", "status");
    const label = make("label", "", `${warning}属实请写一句原因：`);
    const input = make("input", "", "");
    const hidden = make("input", "", "");
    hidden.type = "hidden";
    input.name = `${this.prefix}${key}`;
    hidden.name = `initial-${input.name}`;
    label.htmlFor = input.id = `id_${input.name}`;
    input.maxLength = 200;
    odd.append(label, input, hidden);
    field.place.append(odd);
    this.adopt(input);
  }

  conflict({ version, by, conflicts }) {
    this.problem = "";
    this.version = version;
    for (const [key, stored] of Object.entries(conflicts)) {
      const field = this.fields.get(key);
      if (field) this.choose(field, field.isBox ? String(stored === "true") : stored, by);
    }
    return true;
  }

  choose(field, stored, by) {
    field.disputed = true;
    const place = field.place ?? field.input.parentElement;
    place.querySelector(":scope > .chooser")?.remove();
    const chooser = make("div", "chooser", "");
    chooser.setAttribute("role", "group");
    chooser.setAttribute("aria-label", "两处填的不一样，请选一个");
    chooser.append(make("b", "", "两处填的不一样，请选一个："));
    const take = (value, label) => {
      const button = make("button", "button", "");
      button.type = "button";
      const shown = field.isBox ? (value === "true" ? "是" : "否") : value || "（空）";
      button.append(make("span", "small muted", label), make("span", "value", shown));
      button.addEventListener("click", () => {
        chooser.remove();
        field.disputed = false;
        field.base = stored;
        field.value = value;
        this.keep();
        this.flush();
      });
      chooser.append(button);
    };
    take(stored, by ? `已存的（${by}）` : "已存的");
    take(field.value, "您这里填的");
    place.append(chooser);
  }
}
