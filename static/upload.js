// Shows how much of the chosen files has been sent. Without it the form sends them all the same.

const form = document.querySelector("[data-upload]");
const meter = form.querySelector("progress");
const said = form.querySelector("[data-said]");

function say(sentence, css = "") {
  said.className = `saved ${css}`;
  said.textContent = sentence;
}

function over(sentence) {
  form.querySelector("[data-sending]").hidden = true;
  form.querySelector("[type=submit]").disabled = false;
  say(sentence, "bad");
}

function answered(request) {
  const body = request.response ?? {};
  if (request.status === 200 && body.href) return location.assign(body.href);
  over(body.error ?? "Not sent. Reload the page and try again.");
}

function sent(event) {
  if (!event.lengthComputable) return;
  meter.value = (100 * event.loaded) / event.total;
  say(meter.value < 100 ? `${Math.floor(meter.value)}% sent` : "All sent. The reading begins.");
}

function send(event) {
  event.preventDefault();
  const files = [...form.querySelectorAll("[type=file]")].flatMap((field) => [...field.files]);
  const size = files.reduce((sum, file) => sum + file.size, 0);
  const most = Number(form.dataset.most);
  if (size > most) return over(`These files are larger than ${most / 1048576} MB together. Choose fewer, or compress them (.gz).`);
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.responseType = "json";
  request.setRequestHeader("Accept", "application/json");
  request.upload.addEventListener("progress", sent);
  request.addEventListener("load", () => answered(request));
  request.addEventListener("error", () => over("Not sent: no connection. Try again."));
  form.querySelector("[data-sending]").hidden = false;
  form.querySelector("[type=submit]").disabled = true;
  request.send(new FormData(form));
}

form.addEventListener("submit", send);
