// Extras for staff: filters, ordering by hand on a letter. Nothing needs them.
"use strict";

// The admin leaves some fields without a name that is read aloud.
const textOf = (element) => element?.textContent.trim().replace(/:$/, "") ?? "";
const nameFields = (root) => {
  for (const field of root.querySelectorAll(".tabular td input, .tabular td select, .tabular td textarea")) {
    const cell = field.closest("td");
    const heads = [...field.closest("table").querySelectorAll("thead th")];
    // The first head spans the cell of the row's own name.
    const head = heads[cell.cellIndex] ?? heads.at(-1);
    if (!field.labels?.length && head) field.setAttribute("aria-label", textOf(head));
  }
  for (const field of root.querySelectorAll(".vDateField, .vTimeField")) {
    if (field.labels?.length) continue;
    const label = field.closest(".fieldBox, .form-row")?.querySelector("label, legend");
    field.setAttribute("aria-label", `${textOf(label)} ${textOf(field.previousSibling)}`.trim());
  }
};
nameFields(document);
document.addEventListener("formset:added", (event) => nameFields(event.target.closest(".inline-group")));
// Queued behind the admin's own call, which makes the boxes.
window.django?.jQuery?.(() => {
  for (const select of document.querySelectorAll("select.admin-autocomplete")) {
    if (!select.labels.length) continue;
    for (const box of select.nextElementSibling?.querySelectorAll(".select2-selection, .select2-selection__rendered") ?? []) {
      box.removeAttribute("aria-labelledby");
      box.setAttribute("aria-label", textOf(select.labels[0]));
    }
  }
});

// "Now" is meant on the clocks of the letter. How far they are from the server's does not matter.
const zoned = document.querySelector("[data-utc-offset]");
if (zoned) {
  document.body.dataset.adminUtcOffset = zoned.dataset.utcOffset;
  document.body.classList.add("zoned");
}

// One list open at a time.
for (const filter of document.querySelectorAll(".desk-filter")) {
  filter.addEventListener("toggle", () => {
    if (!filter.open) return;
    for (const one of document.querySelectorAll(".desk-filter[open]")) if (one !== filter) one.open = false;
  });
}
document.addEventListener("click", (event) => {
  if (event.target.closest(".desk-filter")) return;
  for (const one of document.querySelectorAll(".desk-filter[open]")) one.open = false;
});

// Rows with a number for their order get a handle; the numbers follow the rows.
const dragHint = document.currentScript.dataset.drag;
const rowsOf = (group) => [...group.querySelectorAll(".inline-related:not(.tabular), tr.form-row")]
  .filter((row) => !row.classList.contains("empty-form") && row.querySelector("[name$='-order']"));

const renumber = (group) => rowsOf(group).forEach((row, index) => {
  row.querySelector("[name$='-order']").value = index + 1;
});

const giveHandle = (group, row) => {
  const number = row.querySelector("[name$='-order']");
  if (!number || row.querySelector(".drag-handle")) return;
  const handle = document.createElement("button");
  handle.type = "button";
  handle.className = "drag-handle";
  handle.textContent = "↕";
  handle.title = dragHint;
  handle.setAttribute("aria-label", handle.title);
  number.after(" ", handle);
  const moveBy = (step) => {
    const rows = rowsOf(group);
    const neighbour = rows[rows.indexOf(row) + step];
    if (!neighbour) return false;
    if (step < 0) neighbour.before(row);
    else neighbour.after(row);
    renumber(group);
    return true;
  };
  handle.addEventListener("keydown", (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    moveBy(step);
    handle.focus();
  });
  handle.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    handle.setPointerCapture(event.pointerId);
    row.classList.add("dragged");
    const follow = (move) => {
      const rows = rowsOf(group);
      const here = rows.indexOf(row);
      const above = rows[here - 1]?.getBoundingClientRect();
      const below = rows[here + 1]?.getBoundingClientRect();
      if (above && move.clientY < above.top + above.height / 2) moveBy(-1);
      else if (below && move.clientY > below.top + below.height / 2) moveBy(1);
      // Moving an element in the document lets go of the pointer.
      if (!handle.hasPointerCapture(move.pointerId)) handle.setPointerCapture(move.pointerId);
    };
    const letGo = () => {
      row.classList.remove("dragged");
      document.removeEventListener("pointermove", follow);
      document.removeEventListener("pointerup", letGo);
      document.removeEventListener("pointercancel", letGo);
    };
    document.addEventListener("pointermove", follow);
    document.addEventListener("pointerup", letGo);
    document.addEventListener("pointercancel", letGo);
  });
};

for (const group of document.querySelectorAll(".inline-group")) {
  for (const row of rowsOf(group)) giveHandle(group, row);
}
document.addEventListener("formset:added", (event) => {
  const group = event.target.closest(".inline-group");
  if (!group || !event.target.querySelector("[name$='-order']")) return;
  giveHandle(group, event.target);
  const numbers = rowsOf(group).filter((row) => row !== event.target)
    .map((row) => Number(row.querySelector("[name$='-order']").value) || 0);
  event.target.querySelector("[name$='-order']").value = Math.max(0, ...numbers) + 1;
});
