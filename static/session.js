// A session about to end warns, and what was typed is kept in this tab until it can be sent.
// Without this file the server still carries a form that was cut off through signing in again.
// What is kept belongs to one person: whoever signs in next in this tab neither sees nor keeps it.

const WARN_SECONDS = 5 * 60;
const NEVER_KEPT = ["password", "hidden", "file", "submit", "button", "reset"];
const body = document.body;
const person = body.dataset.person; // a mark, not who it is
const place = `typed ${person} ${location.pathname}`;

// The browser's clock may be wrong: count from the moment the server wrote the page.
let ends = Date.parse(body.dataset.sessionEnds);
let skew = Date.now() - Date.parse(body.dataset.sessionNow);
let asked = false;

const secondsLeft = () => (ends + skew - Date.now()) / 1000;

function fields() {
  const all = [...document.querySelectorAll("form[method=post] [name]")];
  return all.filter((field) => !NEVER_KEPT.includes(field.type) && !field.closest("[data-item]")); // those keep their own
}

const isBox = (field) => field.type === "checkbox" || field.type === "radio";

function isTyped(field) {
  if (field.options) return [...field.options].some((o) => o.selected !== o.defaultSelected);
  return isBox(field) ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
}

function keep() {
  const typed = fields().filter(isTyped).map((f) => [f.id, f.value, f.checked]);
  if (!typed.length) return sessionStorage.removeItem(place);
  sessionStorage.setItem(place, JSON.stringify(typed));
}

function forgetOthers() {
  for (const key of Object.keys(sessionStorage)) {
    if (/^(typed|draft) /.test(key) && key.split(" ")[1] !== person) sessionStorage.removeItem(key);
  }
}

function bringBack() {
  const kept = JSON.parse(sessionStorage.getItem(place) ?? "null");
  if (!kept) return;
  for (const [id, value, checked] of kept) {
    const field = id && document.getElementById(id);
    if (!field || NEVER_KEPT.includes(field.type)) continue;
    if (isBox(field)) field.checked = checked;
    else field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  say("What you typed before your session ended is back on this page. It is not saved yet: save it to keep it.", discardButton());
}

const region = document.createElement("div");
region.setAttribute("role", "status");
region.className = "session-says";

function say(sentence, ...more) {
  const line = document.createElement("p");
  line.append(sentence, " ", ...more);
  line.className = "notice warn";
  region.replaceChildren(line);
}

function buttonFor(says, css, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = `btn ${css} btn-sm`;
  button.textContent = says;
  button.addEventListener("click", act);
  return button;
}

const stayButton = () => buttonFor("Stay signed in", "btn-primary", stay);
const discardButton = () => buttonFor("Discard it", "btn-secondary", discard);

function discard() {
  sessionStorage.removeItem(place);
  for (const form of document.querySelectorAll("form[method=post]")) form.reset();
  say("Discarded.");
}

function signInLink() {
  const link = document.createElement("a");
  link.href = `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
  link.textContent = "Sign in again";
  return link;
}

async function stay() {
  const token = document.querySelector("input[name=csrf_token]")?.value ?? "";
  const headers = { Accept: "application/json", "X-CSRFToken": token };
  try {
    const reply = await fetch("/session", { method: "POST", headers });
    if (!reply.ok) return over();
    const said = await reply.json();
    ends = Date.parse(said.ends_at);
    skew = Date.now() - Date.parse(said.now);
  } catch {
    return say("The server does not answer. Try again.", stayButton());
  }
  asked = false;
  sessionStorage.removeItem(place);
  if (secondsLeft() > WARN_SECONDS) return say("You stay signed in.");
  asked = true; // twelve hours are the most: nothing makes this session longer
  say("This session cannot be made longer. Save what you typed, then sign in again.");
}

function over() {
  keep();
  clearInterval(watch);
  say("Your session has ended. What you typed is kept in this tab.", signInLink());
}

function look() {
  if (secondsLeft() <= 0) return over();
  if (secondsLeft() > WARN_SECONDS) return;
  keep();
  if (asked) return;
  asked = true;
  const minutes = Math.max(1, Math.ceil(secondsLeft() / 60));
  const time = minutes === 1 ? "within a minute" : `in about ${minutes} minutes`;
  say(`Your session ends ${time}.`, stayButton());
}

let watch;
if (body.dataset.sessionEnds) {
  document.getElementById("main")?.prepend(region);
  forgetOthers();
  bringBack();
  document.addEventListener("submit", (event) => {
    if (event.target.matches(".sign-out")) sessionStorage.clear();
    else sessionStorage.removeItem(place);
  });
  watch = setInterval(look, 5000);
  look();
}
