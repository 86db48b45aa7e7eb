// Lets the comparison of an import go on without reloading the page. Nothing needs it.
"use strict";

// Resolves to whether there is more to follow.
const follow = async () => {
  const answer = await fetch(location.href, { credentials: "same-origin" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const progress = page.getElementById("import-progress");
  if (!answer.ok || answer.redirected || !progress) {
    location.assign(answer.redirected ? answer.url : location.href);
    return false;
  }
  const shown = document.getElementById("import-progress");
  shown.querySelector("progress").value = progress.querySelector("progress").value;
  shown.querySelector("p").textContent = progress.querySelector("p").textContent;
  return true;
};

const followToTheEnd = async () => {
  while (await follow());
};

followToTheEnd().catch(() => setTimeout(() => location.reload(), 3000));
