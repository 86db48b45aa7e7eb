// Keeps the count of an open letter true: asks now and then whether it has changed, and only then
// takes the new figures, in whatever words and language, from the page itself.
"use strict";

(() => {
  const ledger = document.querySelector("[data-live]");
  // A copy that is read from a disk may ask for nothing, and never changes.
  if (!ledger || location.protocol === "file:") return;

  const SOONEST = 20_000;
  const LATEST = 10 * 60_000;
  const LONGEST_REQUEST = 24 * 60 * 60_000;
  const PATIENCE = 10_000;
  const FIGURES = [".ledger .count", ".ledger .including", ".ledger .as-of", ".bar-count"];

  const said = ledger.querySelector(".live-said");
  const button = ledger.querySelector(".live-stop");

  const stateOf = ({ dataset }) => ({ count: Number(dataset.liveCount), asOf: dataset.liveAsOf });
  const stateIn = ({ count, as_of: asOf }) => ({ count, asOf });

  let shown = stateOf(ledger);
  let newList = null;
  let pause = SOONEST;
  let failures = 0;
  let notBefore = performance.now() + SOONEST;
  let timer = 0;
  let asking = false;
  let stopped = false;

  // A cache may answer with what was true before; times are written so that they sort.
  const isNews = ({ count, asOf }) =>
    asOf > shown.asOf || (asOf === shown.asOf && count !== shown.count);

  // Spread, so that a hundred thousand open pages do not ask at one moment.
  const plan = (delay) => {
    clearTimeout(timer);
    const wait = Math.max(delay, notBefore - performance.now());
    if (!document.hidden && !stopped) timer = setTimeout(look, wait * (1 + Math.random() / 2));
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

  // Nobody loses the line they are reading.
  const takeList = () => {
    const list = document.getElementById("signatories");
    const { top, bottom } = list.getBoundingClientRect();
    const isInView = bottom > 0 && top < innerHeight;
    if (!newList || isInView || list.contains(document.activeElement)) return;
    list.replaceChildren(...newList.childNodes);
    newList = null;
  };

  const renew = async () => {
    const html = await (await get(location.pathname)).text();
    const page = new DOMParser().parseFromString(html, "text/html");
    const fresh = page.querySelector("[data-live]");
    // A cache may still have the page of before; the next look tries again.
    if (stopped || !fresh || !isNews(stateOf(fresh))) return;
    for (const figure of FIGURES) {
      const [old, renewed] = [document.querySelector(figure), page.querySelector(figure)];
      if (old && renewed) old.replaceChildren(...renewed.childNodes);
    }
    const { count } = shown;
    shown = stateOf(fresh);
    if (shown.count !== count) said.textContent = ledger.querySelector(".count").textContent;
    newList = page.getElementById("signatories");
  };

  const look = async () => {
    if (asking || document.hidden || stopped) return;
    asking = true;
    let delay = pause;
    try {
      const hasNews = isNews(stateIn(await (await get(ledger.dataset.live)).json()));
      if (hasNews) await renew();
      takeList();
      pause = hasNews ? SOONEST : Math.min(pause * 1.1, LATEST);
      failures = 0;
      notBefore = performance.now() + SOONEST;
      delay = pause;
    } catch (error) {
      failures += 1;
      const asked = Math.min(1000 * Number(error.message) || 0, LONGEST_REQUEST);
      const backOff = Math.min(SOONEST * 2 ** failures, LATEST);
      notBefore = performance.now() + Math.max(backOff, asked);
    } finally {
      asking = false;
      plan(delay);
    }
  };

  // Whoever is disturbed by figures that change can stop it (WCAG 2.2.2).
  button.addEventListener("click", () => {
    stopped = !stopped;
    button.textContent = stopped ? button.dataset.goOn : button.dataset.stop;
    plan(0);
  });
  document.addEventListener("visibilitychange", () => plan(1000));
  addEventListener("online", () => plan(1000));
  button.hidden = false;
  plan(pause);
})();
