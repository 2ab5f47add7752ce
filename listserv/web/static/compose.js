// Writing: the draft keeps itself, and the quote button takes what is selected on the page. Without this all of it works by buttons.
"use strict";
(() => {
  const form = document.getElementById("composer");
  if (!form) return;
  const text = document.getElementById("text"), state = document.getElementById("state"), quote = document.getElementById("quote");
  const source = document.getElementById("source");
  const WAIT = 3000;
  let timer = 0, running = null, again = false, gone = false, last = snapshot();

  function fields() {
    const data = new FormData(form);
    data.delete("file");
    return data;
  }

  function snapshot() {
    return new URLSearchParams(fields()).toString();
  }

  async function keep() {
    timer = 0;
    const now = snapshot();
    if (gone || now === last) return;
    if (running) { again = true; return; }
    running = new AbortController();
    const data = fields();
    data.append("autosave", "1");
    try {
      const answer = await fetch(form.action, { method: "POST", body: data, credentials: "same-origin", redirect: "manual", signal: running.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      last = now;
      say(form.dataset.kept + ", " + clock(new Date()));
    } catch {
      if (!gone) say(form.dataset.failed);
    }
    running = null;
    if (again && !gone) { again = false; soon(); }
  }

  // As the pages say it: `9.06` in Polish.
  function clock(now) {
    return now.getHours() + (document.documentElement.lang === "pl" ? "." : ":") + String(now.getMinutes()).padStart(2, "0");
  }

  function say(words) {
    if (state.textContent !== words) state.textContent = words;
  }

  function soon() {
    if (!timer) timer = setTimeout(keep, WAIT);
  }

  // A tab that is closed: what was typed in the last seconds goes along. A beacon outlives its page.
  function leave() {
    if (gone || document.visibilityState !== "hidden" || snapshot() === last) return;
    const data = fields();
    data.append("autosave", "1");
    if (navigator.sendBeacon(form.action, data)) last = snapshot();
  }

  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  // The button sends all of it: a draft that is still on its way need not get there first.
  form.addEventListener("submit", () => {
    gone = true;
    clearTimeout(timer);
    timer = 0;
    if (running) running.abort();
  });
  document.addEventListener("visibilitychange", leave);
  // Back from the next page, as the browser kept it.
  addEventListener("pageshow", event => { if (event.persisted) gone = false; });

  // ---- quoting ----------------------------------------------------------------------------------------
  let chosen = "";
  // Pressing the button may take the selection away: remember it as long as it lies in the message that is answered.
  document.addEventListener("selectionchange", () => {
    const found = getSelection();
    if (!source || !found.rangeCount) return;
    const words = found.toString().trim();
    if (words && source.contains(found.anchorNode) && source.contains(found.focusNode)) chosen = words;
    else if (!words && found.anchorNode && !form.contains(found.anchorNode)) chosen = "";
  });
  if (quote) quote.addEventListener("click", event => {
    if (!chosen) return;
    event.preventDefault();
    const lines = chosen.replace(/\n{3,}/g, "\n\n").split("\n").map(line => ("> " + line.trim()).trimEnd()).join("\n");
    insert(text.dataset.lead + "\n" + lines + "\n\n");
    getSelection().removeAllRanges();
    chosen = "";
  });

  function insert(words) {
    const at = text.selectionStart, before = text.value.slice(0, at), gap = !before || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
    text.setRangeText(gap + words, at, text.selectionEnd, "end");
    text.focus();
    text.dispatchEvent(new Event("input", { bubbles: true }));
  }
})();
