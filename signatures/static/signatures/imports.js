// Lets the comparison of an import go on without reloading the page. Nothing needs it.
"use strict";

// Resolves to whether there is more to follow.
const follow = async () => {
  const answer = await fetch("?progress", { credentials: "same-origin" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const progress = page.getElementById("import-progress");
  if (!progress) throw new Error(answer.statusText);
  const shown = document.getElementById("import-progress");
  const { value, max } = progress.querySelector("progress");
  shown.querySelector("progress").value = value;
  shown.querySelector("p").textContent = progress.querySelector("p").textContent;
  return value < max;
};

const followToTheEnd = async () => {
  while (await follow());
  location.reload(); // leads to the rows
};

followToTheEnd().catch(() => setTimeout(() => location.reload(), 3000));
