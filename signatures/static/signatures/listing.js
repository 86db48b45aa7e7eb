// Shows, while a name is typed, how it will stand in the list. The server decides; this only tells.
"use strict";

(() => {
  const field = (name) => document.getElementById(`id_${name}`);
  const name = field("name");
  if (!name) return;

  const preview = document.createElement("output");
  preview.className = "listing-preview";
  preview.setAttribute("for", "id_name id_local_name id_acronym");
  preview.append(document.createElement("small"), document.createElement("bdi"));
  const [label, listed] = preview.children;
  const local = document.createElement("bdi");
  local.className = "local";
  preview.append(" ", local);
  label.textContent = name.form.dataset.listedAs;
  name.closest("fieldset, form").querySelector("[data-listing]").append(preview);

  const words = (text) =>
    text.normalize("NFKD").replace(/[\p{M}'’]/gu, "").toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  // Joiners stay: some scripts spell with them.
  const tidy = (text) =>
    text.normalize("NFC").replace(/\s+/g, " ").replace(/(?![\u200c\u200d])[\p{Cc}\p{Cf}]/gu, "").replace(/ ?-{2,} ?/g, " – ").trim();

  const show = () => {
    const full = tidy(name.value);
    const acronym = tidy(field("acronym").value);
    const held = new Set(words(full));
    const missing = acronym && !words(acronym).every((word) => held.has(word));
    listed.textContent = full && missing ? `${full} (${acronym})` : full;
    local.textContent = tidy(field("local_name").value);
    preview.hidden = !full || Boolean(field("withhold_name")?.checked);
  };
  field("withhold_name")?.addEventListener("change", show);
  for (const input of ["name", "local_name", "acronym"]) field(input).addEventListener("input", show);
  show();
})();
