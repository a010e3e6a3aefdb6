// Shows how much of the chosen files has been sent. Where the answer is another page of the upload,
// it is shown in place with the same files, so that nobody chooses them twice. Without it the forms
// send their files all the same.

function say(form, sentence, css = "") {
  const said = form.querySelector("[data-said]");
  said.className = `saved ${css}`;
  said.textContent = sentence;
}

function setBusy(form, isBusy) {
  form.querySelector("[data-sending]").hidden = !isBusy;
  for (const button of form.querySelectorAll("[type=submit]")) button.disabled = isBusy;
}

function over(form, sentence) {
  setBusy(form, false);
  say(form, sentence, "bad");
}

function withFiles(form, files) {
  const chosen = new DataTransfer();
  for (const file of files) chosen.items.add(file);
  form.querySelector("[name=files]").files = chosen.files;
}

function show(html, files) {
  const page = new DOMParser().parseFromString(html, "text/html");
  document.title = page.title;
  document.querySelector("main").replaceWith(document.adoptNode(page.querySelector("main")));
  const form = document.querySelector("[data-upload]");
  if (form) {
    withFiles(form, files);
    attach(form);
  }
  (document.querySelector("#errors") ?? document.querySelector("h1")).focus();
  window.scrollTo(0, 0);
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function answered(request, form) {
  const kind = request.getResponseHeader("Content-Type") ?? "";
  const isPage = kind.startsWith("text/html") && [200, 422].includes(request.status);
  if (isPage) return show(request.responseText, form.querySelector("[name=files]").files);
  const body = parsed(request.responseText);
  if (request.status === 200 && body.href) return location.assign(body.href);
  over(form, body.error ?? "Not sent. Reload the page and try again.");
}

function sent(event, form) {
  if (!event.lengthComputable) return;
  const meter = form.querySelector("progress");
  meter.value = (100 * event.loaded) / event.total;
  say(form, meter.value < 100 ? `${Math.floor(meter.value)}% sent` : "All sent. The reading begins.");
}

function send(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const files = [...form.querySelectorAll("[type=file]")].flatMap((field) => [...field.files]);
  const size = files.reduce((sum, file) => sum + file.size, 0);
  const most = Number(form.dataset.most);
  if (size > most) return over(form, `These files are larger than ${most / 1048576} MB together. Choose fewer, or compress them (.gz).`);
  const request = new XMLHttpRequest();
  request.open("POST", event.submitter?.getAttribute("formaction") ?? form.action);
  request.setRequestHeader("Accept", "application/json");
  request.upload.addEventListener("progress", (progress) => sent(progress, form));
  request.addEventListener("load", () => answered(request, form));
  request.addEventListener("error", () => over(form, "Not sent: no connection. Try again."));
  setBusy(form, true);
  request.send(new FormData(form));
}

function attach(form) {
  form.addEventListener("submit", send);
}

attach(document.querySelector("[data-upload]"));
