// The moderation desk, quicker: keys, and pages that are swapped in place. Nothing needs this.
"use strict";

const AHEAD_FOR = 60_000; // how long a page that was fetched ahead may be shown, in milliseconds
const CALM = 500; // how long a second press of a key is taken for a slip, and decides nothing
const PARTS = [".desk-state", ".breadcrumbs", "#desk-messages", "#desk-case"];
const KEYS_OFF = "desk-keys-off";
const ENTERED = "desk-entered";

const part = (selector) => document.querySelector(selector);
const all = (selector) => [...document.querySelectorAll(selector)];
const help = part("#desk-help");
const words = part("#desk-said").dataset;
const wide = matchMedia("(width >= 60rem)");

let deciding = false; // a decision is under way
let looking = null; // the AbortController of a page that is under way
let ahead = {}; // the page that probably comes next: { address, html, until }
let lineIsOpen = wide.matches;

// What is said

const say = (text) => { part("#desk-said").textContent = text.replace(/\s+/g, " ").trim(); };

const complain = (text) => {
  const list = document.createElement("ul");
  const note = document.createElement("li");
  list.className = "messagelist";
  note.className = "error";
  note.textContent = text;
  list.append(note);
  part("#desk-messages").replaceChildren(list);
  say(text);
};

const showBusy = () => part("#desk-case").setAttribute("aria-busy", String(deciding || Boolean(looking)));

// Pages

const fetchAhead = async (address) => {
  if (!address || (ahead.address === address && Date.now() < ahead.until)) return;
  try {
    const answer = await fetch(address, { headers: { "X-Desk": "ahead" } });
    if (answer.ok && !answer.redirected) ahead = { address, html: await answer.text(), until: Date.now() + AHEAD_FOR };
  } catch { /* it will be fetched when it is wanted */ }
};

const takeAhead = (address) => (ahead.address === address && Date.now() < ahead.until ? ahead.html : "");

// Returns how to put the former page back, with all that was entered in it; null if this is no desk.
const swapIn = (html) => {
  const page = new DOMParser().parseFromString(html, "text/html");
  if (!page.querySelector("#desk-case")) return null;
  const title = document.title;
  const swapped = [];
  for (const selector of PARTS) {
    const [old, fresh] = [part(selector), page.querySelector(selector)];
    if (!old || !fresh) continue;
    old.replaceWith(fresh);
    swapped.push([fresh, old]);
  }
  document.title = page.title;
  arrange();
  return () => {
    for (const [fresh, old] of swapped) fresh.replaceWith(old);
    document.title = title;
    showBusy();
  };
};

// Focus goes to what is wrong, to what was asked for, or to the name of the sign-on.
const settle = (wanted = "") => {
  const mistake = part("#desk-case [aria-invalid=true]") ?? part("#desk-case .errorlist ~ .choice input");
  const target = mistake ?? (wanted ? part(wanted) : null) ?? part("#case-title");
  if (target.id === "case-title") scrollTo(0, 0);
  target.focus({ preventScroll: target.id === "case-title" });
  const told = all("#desk-messages li, #desk-case .errorlist li, #desk-case [role=alert]").map((one) => one.textContent);
  say([...told, part("#case-title").textContent].join(" "));
};

const entered = () => all("#desk-case :is(textarea, input[type=radio], input[type=search])[id]")
  .filter((field) => (field.type === "radio" ? field.checked && !field.defaultChecked : field.value !== field.defaultValue));

// Returns how to enter again, in a fresher copy of the page, what has been entered in this one.
const keepEntered = () => {
  const changed = entered();
  const { id, selectionStart, selectionEnd } = document.activeElement;
  return () => {
    for (const field of changed) {
      const fresh = document.getElementById(field.id);
      if (!fresh) continue;
      if (field.type === "radio") fresh.checked = true;
      else fresh.value = field.value;
    }
    const fresh = (id && document.getElementById(id)) || part("#case-title");
    fresh.closest(".step")?.setAttribute("open", "");
    fresh.focus({ preventScroll: true });
    if (fresh.matches("textarea")) fresh.setSelectionRange(selectionStart, selectionEnd);
    nameButton();
  };
};

// The session has ended: goes to the login, from which one comes back here, with what was entered.
const logIn = (address) => {
  const fields = entered().map(({ id, type, value }) => ({ id, type, value }));
  try {
    sessionStorage.setItem(ENTERED, JSON.stringify({ page: location.pathname, fields }));
  } catch { /* then it has to be entered once more */ }
  location.assign(address);
};

const enterAgain = () => {
  const kept = JSON.parse(sessionStorage.getItem(ENTERED) ?? "null");
  if (kept?.page !== location.pathname) return;
  sessionStorage.removeItem(ENTERED);
  for (const { id, type, value } of kept.fields) {
    const field = document.getElementById(id);
    if (!field) continue;
    if (type === "radio") field.checked = true;
    else field.value = value;
    field.closest(".step")?.setAttribute("open", "");
  }
};

// Shows the page at `address`: as it was fetched ahead, at once, and then as it is now.
const go = async (address, { wanted = "", push = true, early = false } = {}) => {
  looking?.abort();
  const turn = looking = new AbortController();
  const html = early ? "" : takeAhead(address);
  if (html && swapIn(html)) {
    early = true;
    settle();
  }
  if (early && push && address !== location.href) history.pushState(null, "", address);
  showBusy();
  try {
    const answer = await fetch(address, { signal: turn.signal, headers: { "X-Desk": "look" } });
    const fresh = await answer.text();
    if (looking !== turn) return;
    const again = early && keepEntered();
    if (!answer.ok || answer.redirected || !swapIn(fresh)) return location.assign(address);
    if (!early && push && address !== location.href) history.pushState(null, "", address);
    const place = scrollY;
    settle(wanted);
    if (again) {
      again();
      scrollTo(0, place);
    }
  } catch (error) {
    if (error.name !== "AbortError") complain(words.unreachable);
  } finally {
    if (looking === turn) looking = null;
    showBusy();
  }
};

// Sends a form. What comes after a decision is shown before the answer is there, if it is known.
const send = async (form, button) => {
  if (deciding || looking) return;
  deciding = true;
  const calm = new Promise((resolve) => { setTimeout(resolve, CALM); });
  const data = new FormData(form);
  if (button?.name) data.set(button.name, button.value);
  const address = button?.getAttribute("formaction") || form.getAttribute("action");
  const next = part("#desk-case a[rel=next]")?.href;
  const html = /\/(approve|reject)\/(\?|$)/.test(address) && takeAhead(next);
  const putBack = html ? swapIn(html) : null;
  if (putBack) settle();
  showBusy();
  try {
    const answer = await fetch(address, { method: "POST", body: data, headers: { "X-Desk": "send" } });
    const follows = answer.headers.get("X-Desk-Next");
    if (follows) {
      const url = new URL(follows, location.href);
      const early = Boolean(putBack) && url.href === next;
      if (!early) putBack?.();
      ahead = {};
      if (/\/change\/$/.test(url.pathname)) await go(url.href, { early });
      else location.assign(url);
    } else if (answer.redirected && /\/login\/$/.test(new URL(answer.url).pathname)) {
      putBack?.();
      logIn(answer.url);
    } else {
      putBack?.();
      if (swapIn(await answer.text())) settle();
      else complain(words.failed);
    }
  } catch {
    putBack?.();
    complain(words.unreachable);
    part("#case-title").focus();
  } finally {
    await calm;
    deciding = false;
    showBusy();
  }
};

// What a fresh page needs

const nameButton = () => {
  const button = part("#approve-button");
  if (!button) return;
  const stands = part("#approve input[name=organization]:checked")?.matches("[data-stands]");
  button.querySelector("span").textContent = stands ? button.dataset.stands : button.dataset.plain;
};

const arrange = () => {
  const line = part("#desk-case .line details");
  line.open = wide.matches || lineIsOpen;
  line.addEventListener("toggle", () => { if (!wide.matches) lineIsOpen = line.open; });
  part("#desk-case [data-key='?']").hidden = false;
  nameButton();
  showBusy();
  const next = part("#desk-case a[rel=next]")?.href;
  (window.requestIdleCallback ?? setTimeout)(() => fetchAhead(next));
};

// What people do

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.closest("#desk-case")) return;
  if (form.method === "post") {
    event.preventDefault();
    send(form, event.submitter);
  } else if (form.matches(".look-up") && !deciding) {
    event.preventDefault();
    go(`${form.action}?${new URLSearchParams(new FormData(form))}`, { wanted: "#desk-case .looked-up input, #look-up" });
  }
});

document.addEventListener("click", (event) => {
  if (event.target.closest("#desk-case [data-key='?']")) return help.showModal();
  const link = event.target.closest("#desk-case .line li a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  if (!deciding) go(link.href);
});

document.addEventListener("change", (event) => {
  if (event.target.matches("#approve input[name=organization]")) nameButton();
});

addEventListener("popstate", () => { if (!deciding) go(location.href, { push: false }); });

// Keys

// A browser may forbid to store anything.
const keysAreOn = () => { try { return !localStorage.getItem(KEYS_OFF); } catch { return part("#desk-keys").checked; } };

const press = (target) => {
  if (target.matches("summary")) {
    target.parentElement.open = true;
    target.parentElement.querySelector("textarea").focus();
  } else if (target.matches("input")) {
    target.closest("details").open = true;
    target.select();
  } else target.click();
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
  if (event.target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select")) {
    if (event.key === "Escape") part("#case-title").focus();
    return;
  }
  if (event.key !== "?" && !keysAreOn()) return;
  const radios = all("#approve input[name=organization]");
  const chosen = event.key === "ArrowDown" && event.target.id === "case-title"
    ? radios.find((one) => one.checked) ?? radios[0]
    : /^[1-9]$/.test(event.key) && radios[event.key - 1];
  if (chosen) {
    event.preventDefault();
    chosen.focus();
    return chosen.click();
  }
  if (!/^[a-z/?]$/.test(event.key)) return;
  const target = part(`#desk-case [data-key="${event.key}"]`);
  if (target) {
    event.preventDefault();
    // A key that is held down moves on, and decides nothing.
    if (!event.repeat || target.rel) press(target);
  } else if (event.key === "j") say(words.last);
  else if (event.key === "k") say(words.first);
});

part("#desk-keys").checked = keysAreOn();
part("#desk-keys").addEventListener("change", (event) => {
  try {
    if (event.target.checked) localStorage.removeItem(KEYS_OFF);
    else localStorage.setItem(KEYS_OFF, "1");
  } catch { /* then it holds for this page */ }
});

try { enterAgain(); } catch { /* nothing was kept */ }
arrange();
if (part("#desk-messages li, #desk-case .errorlist")) settle();
