// What axe does not look at: (asked) => what is wrong on the open page, in words.
// asked.language is that of the interface; asked.texts whether to look at languages and headings,
// which are the same in every look; asked.strictly whether every sentence has to say its language.
(asked) => {
  const wrong = [];
  const root = document.documentElement;
  const ARABIC = /\p{Script=Arabic}/u;
  const RIGHT_TO_LEFT = ["ar", "fa"];
  const isSeen = (element) =>
    element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }) &&
    !(element.getBoundingClientRect().width <= 1 && element.getBoundingClientRect().height <= 1);
  const called = (element) => {
    const name = element.classList.length ? `.${[...element.classList].join(".")}` : "";
    return `<${element.localName}${name}> ${element.textContent.trim().replace(/\s+/g, " ").slice(0, 50)}`;
  };
  const style = (element) => getComputedStyle(element);
  const scrolls = (element) => ["auto", "scroll"].includes(style(element).overflowX);
  const isInScroller = (element) => {
    for (let one = element.parentElement; one && one !== document.body; one = one.parentElement) {
      if (scrolls(one)) return true;
    }
    return false;
  };

  // WCAG 1.4.10: nothing makes the page wider than the screen.
  if (root.scrollWidth > innerWidth) {
    const wide = [...document.body.querySelectorAll("*")].filter((element) => {
      const { left, right } = element.getBoundingClientRect();
      return (right > innerWidth + 1 || left < -1) && isSeen(element) && !isInScroller(element);
    });
    wrong.push(`${root.scrollWidth - innerWidth} px too wide: ${wide.slice(-3).map(called).join(" | ")}`);
  }

  // WCAG 1.4.4 and 1.4.12: no text is cut off. What ends in an ellipsis says so itself.
  for (const element of document.body.querySelectorAll("*")) {
    const { overflowX, overflowY, textOverflow, webkitLineClamp } = style(element);
    if (!["hidden", "clip"].includes(overflowX) && !["hidden", "clip"].includes(overflowY)) continue;
    if (!isSeen(element) || !element.textContent.trim() || element.closest("svg, select")) continue;
    if (textOverflow === "ellipsis" || webkitLineClamp !== "none") continue;
    const isCut = element.scrollWidth > element.clientWidth + 2 || element.scrollHeight > element.clientHeight + 2;
    if (isCut && element.clientWidth > 1) wrong.push(`text is cut off: ${called(element)}`);
  }
  if (!asked.texts) return wrong;

  // WCAG 3.1.1 and 3.1.2: which language it is, and where it is another one.
  const direction = RIGHT_TO_LEFT.includes(asked.language) ? "rtl" : "ltr";
  if (root.lang !== asked.language || root.dir !== direction) {
    wrong.push(`the page says lang="${root.lang}" dir="${root.dir}"`);
  }
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (element.closest("script, style, template, textarea, code, bdi, option, [dir=auto]")) continue;
    if (/isolate|plaintext/.test(style(element).unicodeBidi) && element.closest("td, th")) continue;
    const text = texts.currentNode.data;
    const spoken = element.closest("[lang]").lang;
    const isRightToLeft = RIGHT_TO_LEFT.includes(spoken.split("-")[0]);
    // Addresses and abbreviations are the same in every language; sentences are not. Tables of the
    // staff's admin are Django's.
    const latin = /(?:\p{Script=Latin}{2,}[\s,;:]+){3,}/u;
    if (isRightToLeft ? asked.strictly && latin.test(text) : ARABIC.test(text)) {
      wrong.push(`is this ${spoken}? ${called(element)}`);
    }
    const direct = element.closest("[dir]").dir;
    if (/\p{Letter}/u.test(text) && isRightToLeft !== (direct === "rtl") && direct !== "auto") {
      wrong.push(`lang="${spoken}" in dir="${direct}": ${called(element)}`);
    }
  }

  const headings = [...document.querySelectorAll("h1")].filter(isSeen);
  if (headings.length !== 1) wrong.push(`${headings.length} h1: ${headings.map(called).join(" | ")}`);
  if (!document.title.trim()) wrong.push("no title");
  return wrong;
}
