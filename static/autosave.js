// Saves each item of the questionnaire at once and says so. Without it the page's button does the same.
const WAIT = 1200; // ms after the last key
const RETRIES = [2000, 5000, 15000, 30000]; // ms between tries while nothing gets through
const token = document.querySelector("[name=csrf_token]")?.value ?? "";
const person = document.body.dataset.person; // a mark, not who it is: a draft belongs to one person
const unsaved = new Set();

class Item {
  constructor(section) {
    this.section = section;
    this.id = section.dataset.item;
    this.draft = `draft ${person} ${location.pathname} ${this.id}`;
    this.tries = 0;
    this.isSending = false;
    section.addEventListener("change", (event) => this.changed(event, 0));
    section.addEventListener("input", (event) => {
      if (event.target.matches("textarea, [type=text]")) this.changed(event, WAIT);
    });
    section.addEventListener("keydown", (event) => this.key(event));
    this.count();
    this.restore();
  }

  one(selector) { return this.section.querySelector(selector); }
  get base() { return this.one("[data-base]"); }
  get note() { return this.one("textarea"); }
  get reason() { return this.one(".na-reason input"); }
  get choice() { return this.one("[type=radio]:checked")?.value ?? ""; }
  set choice(value) {
    for (const radio of this.section.querySelectorAll("[type=radio]")) radio.checked = radio.value === value;
  }

  typed() {
    return { choice: this.choice, reason: this.reason?.value ?? "", note: this.note.value };
  }

  changed(event, wait) {
    this.count();
    unsaved.add(this);
    this.keep();
    clearTimeout(this.timer);
    const lacks = this.lacks();
    if (lacks) return this.say(lacks, "waiting");
    this.say("Not saved yet", "waiting");
    this.timer = setTimeout(() => this.save(), wait);
  }

  lacks() {
    if (!this.choice) return "Choose an answer: your note is not saved until then.";
    if (this.choice === "na" && !this.reason?.value.trim()) return "Say why it does not apply: not saved until then.";
    return "";
  }

  async save() {
    if (this.isSending) { this.isAgain = true; return; }
    this.isSending = true;
    this.isAgain = false;
    const sent = JSON.stringify(this.typed());
    const confirm = this.one("[name$='.confirm']")?.checked ?? false;
    this.say("Saving…", "waiting");
    try {
      const response = await fetch(this.section.dataset.save, {
        method: "PUT",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
        body: JSON.stringify({ ...JSON.parse(sent), base: Number(this.base.value), confirm }),
      });
      const body = await response.json().catch(() => ({}));
      this.answered(response.status, body, sent);
    } catch {
      this.later("Not saved yet: no connection. Trying again; what you typed stays here.");
    } finally {
      this.isSending = false;
    }
    if (this.isAgain) this.save();
  }

  answered(status, body, sent) {
    if (status === 200) return this.saved(body, sent);
    if (status === 409 && body.theirs) return this.clash(body.theirs);
    if (status === 401 || status >= 500) return this.later(body.error ?? "Not saved yet: the server is busy. Trying again.");
    this.say(`Not saved: ${body.error ?? "reload the page and try again."}`, "bad");
  }

  saved(body, sent) {
    this.tries = 0;
    this.base.value = body.revision;
    if (JSON.stringify(this.typed()) === sent) {
      unsaved.delete(this);
      this.forget();
    }
    const time = new Date(body.saved_at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
    this.say(`Saved ${time}`, "");
    this.one("[data-marks]").textContent = body.marks
      ? `This seems to hold ${body.marks}. It is kept, but nobody outside your group sees it and you cannot submit until it is taken out.`
      : "";
    if (!body.is_carried) this.one("[data-confirm]")?.remove();
    this.closeClash();
    document.querySelector("[data-here]").textContent = body.here;
    document.querySelector("[data-whole]").textContent = body.whole;
  }

  later(says) {
    this.say(says, "bad");
    const wait = RETRIES[Math.min(this.tries++, RETRIES.length - 1)];
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), wait);
  }

  clash(theirs) {
    this.closeClash();
    const both = document.getElementById("clash").content.firstElementChild.cloneNode(true);
    const put = (name, text) => { both.querySelector(`[data-${name}]`).textContent = text; };
    put("author", theirs.author);
    put("theirs", this.words(theirs.choice));
    put("their-note", [theirs.reason, theirs.note].filter(Boolean).join("\n"));
    put("mine", this.words(this.choice));
    put("my-note", [this.typed().reason, this.note.value].filter(Boolean).join("\n"));
    both.querySelector("[data-take-theirs]").addEventListener("click", () => this.settle(theirs, true));
    both.querySelector("[data-keep-mine]").addEventListener("click", () => this.settle(theirs, false));
    this.one(".levels").before(both);
    this.say("Not saved: somebody else answered this meanwhile. Choose one of both above.", "bad");
    both.focus();
  }

  closeClash() { this.one(".versus:not([data-before])")?.remove(); }

  settle(theirs, isTaken) {
    this.base.value = theirs.revision;
    this.keep();
    if (isTaken) {
      this.choice = theirs.choice;
      this.note.value = theirs.note;
      if (this.reason) this.reason.value = theirs.reason;
    }
    this.closeClash();
    this.one(".levels [type=radio]:checked")?.focus();
    this.save();
  }

  words(choice) {
    const radio = this.section.querySelector(`[type=radio][value="${choice}"]`);
    return radio ? `${Number.isInteger(Number.parseInt(choice)) ? `Level ${choice}: ` : ""}${radio.closest("label").querySelector("b").textContent}` : "No answer";
  }

  say(text, css) {
    const line = this.one("[data-saved]");
    line.className = `saved ${css}`;
    if (line.textContent !== text) line.textContent = text;
  }

  count() {
    this.one("[data-counter]").textContent = `${this.note.value.length.toLocaleString("en-US")} of 1,000 characters`;
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("textarea, [type=text]")) return;
    const value = { d: "dk", n: "na" }[event.key] ?? event.key;
    const radio = /^([0-4]|dk|na)$/.test(value) && this.section.querySelector(`[type=radio][value="${value}"]`);
    if (radio && !radio.checked) radio.click();
    if (radio) radio.focus();
  }

  // What is not saved outlives a reload of this tab and a session that ended, and nothing else.
  // It keeps the revision it was typed over, so that it cannot overwrite what others saved since.
  // One that is brought back stays as it is until its person keeps or discards it.
  keep() {
    if (!this.broughtBack) sessionStorage.setItem(this.draft, JSON.stringify({ ...this.typed(), base: this.base.value }));
  }

  forget() { if (!this.broughtBack) sessionStorage.removeItem(this.draft); }

  restore() {
    const kept = sessionStorage.getItem(this.draft);
    if (!kept) return;
    const typed = JSON.parse(kept);
    this.broughtBack = document.getElementById("brought-back").content.firstElementChild.cloneNode(true);
    const both = this.broughtBack;
    both.querySelector("[data-mine]").textContent = this.words(typed.choice);
    both.querySelector("[data-my-note]").textContent = [typed.reason, typed.note].filter(Boolean).join("\n");
    both.querySelector("[data-keep]").addEventListener("click", () => this.decide(typed));
    both.querySelector("[data-discard]").addEventListener("click", () => this.decide(null));
    this.one(".levels").before(both);
    this.say("Not saved yet: keep or discard what you typed before.", "waiting");
  }

  decide(typed) {
    this.broughtBack.remove();
    this.broughtBack = null;
    (this.one(".levels [type=radio]:checked") ?? this.one(".levels [type=radio]"))?.focus();
    if (!typed) {
      this.forget();
      return this.say("Discarded.", "");
    }
    this.base.value = typed.base;
    this.choice = typed.choice;
    this.note.value = typed.note;
    if (this.reason) this.reason.value = typed.reason;
    this.changed(null, 0);
  }
}

const items = [...document.querySelectorAll("[data-item]")].map((section) => new Item(section));
document.documentElement.classList.add("scripted");
addEventListener("beforeunload", (event) => { if (unsaved.size) event.preventDefault(); });
addEventListener("online", () => unsaved.forEach((item) => item.lacks() || item.save()));
document.querySelector("[data-autosave]")?.addEventListener("submit", () => {
  for (const item of items) { clearTimeout(item.timer); item.forget(); }
  unsaved.clear();
});
