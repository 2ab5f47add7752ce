// Passkeys: what a device is asked, and its answer into the form. The forms are hidden without this; everything else works as before.
"use strict";
(() => {
  const forms = [...document.querySelectorAll("form[data-passkey]")];
  if (!forms.length || !window.PublicKeyCredential || !navigator.credentials?.get) return;
  // WebAuthn Level 3, section 5.1.3: a passkey belongs to a domain, and an IP address is none.
  if (/^[\d.]+$|:/.test(location.hostname)) {
    for (const words of document.querySelectorAll("[data-numbered]")) words.textContent = words.dataset.numbered;
    return;
  }
  const FORGET = 8 * 60 * 1000;
  let waiting = null, timer = 0;

  const bytes = text => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), letter => letter.charCodeAt(0));
  const text = buffer => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const described = list => (list || []).map(one => ({ ...one, id: bytes(one.id) }));

  async function options(form) {
    const answer = await fetch(form.dataset.options, { credentials: "same-origin", redirect: "error", cache: "no-store" });
    if (!answer.ok) throw new Error(String(answer.status));
    const asked = await answer.json();
    asked.challenge = bytes(asked.challenge);
    asked.allowCredentials = described(asked.allowCredentials);
    asked.excludeCredentials = described(asked.excludeCredentials);
    if (asked.user) asked.user.id = bytes(asked.user.id);
    return asked;
  }

  // JSON as in WebAuthn Level 3, section 5.1.8: not every browser has `toJSON` yet.
  function said(credential) {
    const answer = credential.response, response = { clientDataJSON: text(answer.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) if (answer[name]) response[name] = text(answer[name]);
    return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response, clientExtensionResults: {} });
  }

  function send(form, credential) {
    form.elements.answer.value = said(credential);
    form.submit();
  }

  function say(form, words) {
    form.querySelector("[role=status]").textContent = words;
  }

  async function ask(form) {
    stop();
    say(form, "");
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      const publicKey = await options(form);
      send(form, await navigator.credentials[form.dataset.passkey]({ publicKey }));
    } catch (wrong) {
      const given = { NotAllowedError: form.dataset.given, AbortError: "", InvalidStateError: form.dataset.twice };
      say(form, given[wrong.name] ?? form.dataset.failed);
      wait();
    }
    button.disabled = false;
  }

  // Where the browser can, it offers passkeys in the field for the address itself.
  const door = forms.find(form => form.dataset.passkey === "get"), field = document.querySelector("form.door:not([data-passkey]) #email");

  async function wait() {
    if (!door || !field || waiting || !await PublicKeyCredential.isConditionalMediationAvailable?.()) return;
    field.autocomplete = "username webauthn";
    const mine = waiting = new AbortController();
    // What was asked for is not good for ever.
    timer = setTimeout(() => { stop(); wait(); }, FORGET);
    try {
      send(door, await navigator.credentials.get({ publicKey: await options(door), mediation: "conditional", signal: mine.signal }));
    } catch {
      if (waiting === mine) stop();
    }
  }

  function stop() {
    clearTimeout(timer);
    waiting?.abort();
    waiting = null;
  }

  // What is said where this does not run.
  for (const words of document.querySelectorAll("[data-without]")) words.hidden = true;
  for (const form of forms) {
    form.hidden = false;
    form.addEventListener("submit", event => { event.preventDefault(); ask(form); });
  }
  wait();
})();
