// A block of counts alone, copied from a spreadsheet and pasted into one count, fills the counts
// right and below. One with names, headings or a column of line numbers goes by these, so it is
// put into the box "Paste a block", from where the server reads it.

const MOST_CELLS = 2_000;

function blockIn(text) {
  const lines = text.replace(/\r\n?/g, "\n").replace(/\n+$/, "").split("\n");
  return lines.map((line) => line.split("\t").map((cell) => cell.trim()));
}

function isCounts(block) {
  const cells = block.flat().filter(Boolean);
  return cells.every((text) => /^[0-9][0-9,]*(\.0+)?$/.test(text)) && !countsLines(block);
}

function countsLines(block) {
  return block.length > 1 && block.every(([first], at) => Number(first) === at + 1);
}

function handOver(text) {
  const box = document.getElementById("block");
  if (!box) return say("This block holds more than counts. Copy the counts alone.");
  box.value = text;
  box.focus();
  say(
    "This block holds names, headings or line numbers, so nothing is filled in yet. It is in the " +
      "box below now: choose “Show it in the table”.",
  );
}

function say(sentence) {
  const says = document.querySelector("[data-pasted]");
  if (says) says.textContent = sentence;
}

function fill(grid, start, block) {
  const rows = [...grid.tBodies[0].rows].map((row) => [...row.querySelectorAll("input")]);
  const top = rows.findIndex((row) => row.includes(start));
  const left = rows[top].indexOf(start);
  let filled = 0;
  let leftOver = 0;
  block.forEach((line, down) =>
    line.forEach((text, across) => {
      const field = rows[top + down]?.[left + across];
      if (!text) return; // a blank adds nothing and takes nothing back
      if (!field) return void (leftOver += 1);
      field.value = text;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      filled += 1;
    }),
  );
  return { filled, leftOver };
}

function pasted(event) {
  const field = event.target.closest?.("[data-grid] input");
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!field || !/[\t\n]/.test(text.trim())) return;
  const block = blockIn(text);
  if (block.flat().length > MOST_CELLS) return;
  event.preventDefault();
  if (!isCounts(block)) return handOver(text);
  const { filled, leftOver } = fill(field.closest("[data-grid]"), field, block);
  say(
    `${filled} counts filled in, not saved yet.` +
      (leftOver ? ` ${leftOver} more did not fit into the table.` : ""),
  );
}

document.addEventListener("paste", pasted);
