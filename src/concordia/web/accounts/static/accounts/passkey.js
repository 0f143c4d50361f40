// A button with data-passkey="create" or "get" asks the browser for a passkey and sends its form with the answer.
// Without this script the button stays hidden: there are other ways in, and they are on the same page.
"use strict";

const toBytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));

const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const withBytes = (entries) => (entries || []).map((entry) => ({ ...entry, id: toBytes(entry.id) }));

const CEREMONIES = {
  async create({ publicKey: asked }) {
    const key = await navigator.credentials.create({
      publicKey: {
        ...asked,
        challenge: toBytes(asked.challenge),
        user: { ...asked.user, id: toBytes(asked.user.id) },
        excludeCredentials: withBytes(asked.excludeCredentials),
      },
    });
    return answer(key, ["clientDataJSON", "attestationObject"]);
  },
  async get({ publicKey: asked }) {
    const key = await navigator.credentials.get({
      publicKey: {
        ...asked,
        challenge: toBytes(asked.challenge),
        allowCredentials: withBytes(asked.allowCredentials),
      },
    });
    return answer(key, ["clientDataJSON", "authenticatorData", "signature", "userHandle"]);
  },
};

function answer(key, parts) {
  const response = {};
  for (const part of parts) {
    if (key.response[part]) response[part] = toText(key.response[part]);
  }
  return { id: key.id, rawId: toText(key.rawId), type: key.type, response, clientExtensionResults: {} };
}

async function prove(button) {
  const form = button.form;
  const asked = await fetch(button.dataset.options, {
    method: "POST",
    body: new URLSearchParams([...new FormData(form)].filter(([name]) => !/passkey|password/.test(name))),
    headers: { Accept: "application/json" },
  });
  // What is refused before there is anything to sign is refused again where people can read why.
  const refused = asked.status === 422;
  if (!asked.ok && !refused) throw new Error(String(asked.status));
  const answer = refused ? {} : await CEREMONIES[button.dataset.passkey](await asked.json());
  form.elements.passkey.value = JSON.stringify(answer);
  form.submit();
}

// A passkey belongs to a name: an address in numbers cannot hold one.
const possible = window.PublicKeyCredential && window.isSecureContext && !/^[\d.]+$|:/.test(location.hostname);

for (const button of document.querySelectorAll("button[data-passkey]")) {
  const way = button.closest("[data-passkey-way]");
  const problem = way.querySelector("[data-passkey-problem]");
  way.hidden = !possible;
  button.addEventListener("click", () => {
    if (!button.form.reportValidity()) return;
    problem.hidden = true;
    button.disabled = true;
    prove(button).catch(() => {
      button.disabled = false;
      problem.hidden = false;
    });
  });
  button.form.addEventListener("submit", (event) => {
    if (button.form.querySelector("button:not([type=button])")) return;
    event.preventDefault();
    button.click();
  });
}
for (const note of document.querySelectorAll("[data-no-passkey]")) note.hidden = possible;
for (const other of document.querySelectorAll("details[data-other-way]")) other.open ||= !possible;
