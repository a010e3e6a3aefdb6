// Follows work under way and opens its result. Without it the page's link does the same.

const FIRST = 500; // ms until the first look; then they become rarer
const SELDOM = 3000;
const LATER = 5000; // and while the server does not answer
const line = document.querySelector("[data-progress]");
const bar = document.querySelector("progress"); // where it is known how much there is
let wait = FIRST;
let isLeaving = false; // a form was sent: what answers it is the next page

addEventListener("submit", () => {
  isLeaving = true;
});
addEventListener("pageshow", (shown) => {
  if (shown.persisted) location.reload(); // come back to: as it stands now
});

async function look() {
  wait = Math.min(wait * 1.2, SELDOM);
  try {
    const reply = await fetch(line.dataset.progress, { headers: { Accept: "application/json" } });
    if (isLeaving) return;
    if (!reply.ok) return location.reload(); // signed out, or stopped elsewhere: the page says so
    const found = await reply.json();
    if (isLeaving) return;
    if (!found.is_reading) return location.reload();
    if (line.textContent !== found.says) line.textContent = found.says;
    if (bar && found.total) bar.value = found.done / found.total;
  } catch {
    wait = LATER;
  }
  setTimeout(look, wait);
}

setTimeout(look, wait);
