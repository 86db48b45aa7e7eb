// Keeps the count of an open letter true: asks now and then whether it has changed, and only then
// takes the new figures, in whatever words and language, from the page itself.
"use strict";

(() => {
  const ledger = document.querySelector("[data-live]");
  if (!ledger) return;

  const SOONEST = 20_000;
  const LATEST = 10 * 60_000;
  const PATIENCE = 10_000;
  const FIGURES = [".ledger .count", ".ledger .as-of", ".bar-count"];

  let known = ledger.dataset.liveAsOf;
  let pause = SOONEST;
  let timer = 0;
  let asking = false;
  let stopped = false;

  // What is said to those who do not see the figures.
  const said = document.createElement("p");
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  // Whoever is disturbed by figures that change can stop it (WCAG 2.2.2).
  const button = document.createElement("button");
  button.type = "button";
  button.className = "live-stop";
  button.textContent = ledger.dataset.liveStop;
  ledger.querySelector(".as-of").after(said);
  const item = document.createElement("li");
  item.append(button);
  ledger.querySelector(".facts").append(item);

  // Spread, so that a hundred thousand open pages do not ask at one moment.
  const plan = (delay) => {
    clearTimeout(timer);
    if (!document.hidden && !stopped) timer = setTimeout(look, delay * (1 + Math.random() / 2));
  };

  // Without cookies, so that everybody gets the same from a cache; who has it is told so.
  const get = async (address) => {
    const answer = await fetch(address, {
      cache: "no-cache",
      credentials: "omit",
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (!answer.ok) throw new Error(answer.headers.get("Retry-After") ?? "");
    return answer;
  };

  const isInView = (element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  };

  const renew = async () => {
    const html = await (await get(location.pathname)).text();
    const page = new DOMParser().parseFromString(html, "text/html");
    for (const figure of FIGURES) {
      const [old, fresh] = [document.querySelector(figure), page.querySelector(figure)];
      if (old && fresh) old.replaceChildren(...fresh.childNodes);
    }
    // Nobody loses the line they are reading.
    const [old, fresh] = [document.getElementById("signatories"), page.getElementById("signatories")];
    if (fresh && !isInView(old)) old.replaceChildren(...fresh.childNodes);
    said.textContent = ledger.querySelector(".count").textContent;
  };

  const look = async () => {
    if (asking || document.hidden || stopped) return;
    asking = true;
    try {
      const { count, as_of: asOf } = await (await get(ledger.dataset.live)).json();
      if (`${count} ${asOf}` !== known) {
        await renew();
        known = `${count} ${asOf}`;
        pause = SOONEST;
      } else {
        pause = Math.min(pause * 1.1, LATEST);
      }
    } catch (error) {
      const asked = 1000 * Number(error.message) || 0;
      pause = Math.min(Math.max(pause * 2, asked), LATEST);
    } finally {
      asking = false;
      plan(pause);
    }
  };

  button.addEventListener("click", () => {
    stopped = !stopped;
    button.textContent = stopped ? ledger.dataset.liveGoOn : ledger.dataset.liveStop;
    plan(0);
  });
  document.addEventListener("visibilitychange", () => plan(1000));
  addEventListener("online", () => plan(1000));
  plan(pause);
})();
