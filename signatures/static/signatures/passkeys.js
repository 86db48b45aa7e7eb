// Passkeys: asks the server what to ask the browser for, and tells it what came of that.
// The forms stay hidden where there is no script, or the browser makes no passkeys here.

const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const toText = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const withBytes = (list) => (list ?? []).map((one) => ({ ...one, id: toBytes(one.id) }));

const ask = async (form, address, data) => {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
    body: JSON.stringify(data),
  });
  if (!answer.ok) throw new Error(answer.status);
  return answer.json();
};

const create = async (options) => {
  const made = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: toBytes(options.challenge),
      user: { ...options.user, id: toBytes(options.user.id) },
      excludeCredentials: withBytes(options.excludeCredentials),
    },
  });
  return {
    id: made.id,
    rawId: toText(made.rawId),
    type: made.type,
    clientExtensionResults: made.getClientExtensionResults(),
    response: {
      attestationObject: toText(made.response.attestationObject),
      clientDataJSON: toText(made.response.clientDataJSON),
      transports: made.response.getTransports?.() ?? [],
    },
  };
};

const get = async (options) => {
  const shown = await navigator.credentials.get({
    publicKey: { ...options, challenge: toBytes(options.challenge), allowCredentials: withBytes(options.allowCredentials) },
  });
  const { authenticatorData, clientDataJSON, signature, userHandle } = shown.response;
  return {
    id: shown.id,
    rawId: toText(shown.rawId),
    type: shown.type,
    clientExtensionResults: shown.getClientExtensionResults(),
    response: {
      authenticatorData: toText(authenticatorData),
      clientDataJSON: toText(clientDataJSON),
      signature: toText(signature),
      userHandle: userHandle ? toText(userHandle) : null,
    },
  };
};

for (const form of document.querySelectorAll("form.passkey")) {
  if (!window.PublicKeyCredential) break;
  form.hidden = false;
  document.querySelector(".scriptless")?.remove();
  const told = form.querySelector(".told");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    told.textContent = "";
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      const options = await ask(form, form.dataset.begin, {});
      const made = await (form.dataset.does === "create" ? create : get)(options);
      await ask(form, form.dataset.complete, { ...made, name: form.elements.name?.value });
      if (form.dataset.then) location.assign(form.dataset.then);
      else HTMLFormElement.prototype.submit.call(form);
    } catch {
      told.textContent = told.dataset.refused;
      button.disabled = false;
    }
  });
}
