// Offers the reader's language where the page can be read in it: one line that can be dismissed.
// Nothing is asked of the server or told to it; without this, the links in the masthead do.
(() => {
  const nav = document.querySelector(".languages[data-shown]");
  const key = "languages";
  let dismissed = false;
  try {
    dismissed = sessionStorage.getItem(key) !== null;
  } catch {}
  if (!nav || dismissed) return;
  const wanted = () => {
    for (const wish of navigator.languages) {
      for (const code of [wish.toLowerCase(), wish.split("-")[0].toLowerCase()]) {
        if (code === nav.dataset.shown) return null;
        const link = nav.querySelector(`a[hreflang="${CSS.escape(code)}"][data-offer]`);
        if (link) return link;
      }
    }
    return null;
  };
  const found = wanted();
  if (!found) return;
  const line = document.createElement("p");
  const link = document.createElement("a");
  const button = document.createElement("button");
  line.className = "offer";
  link.lang = link.hreflang = button.lang = found.lang;
  link.dir = found.dir;
  link.href = found.href;
  link.textContent = found.dataset.offer;
  button.type = "button";
  button.textContent = "×";
  button.setAttribute("aria-label", found.dataset.dismiss);
  button.onclick = () => {
    line.remove();
    try {
      sessionStorage.setItem(key, "dismissed");
    } catch {}
  };
  line.append(link, button);
  nav.append(line);
})();
