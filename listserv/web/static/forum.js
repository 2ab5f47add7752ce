// Keys, a look at what a message answers, the place somebody has read to. All of it works without a script; with one it is smoother.
"use strict";
(() => {
  // The words for people are in the page, in its language.
  const words = document.getElementById("help"), main = document.getElementById("content");
  if (!words || !main) return;

  // ---- keys -------------------------------------------------------------------------------------------
  const SWITCH = "listserv-keys", FROM = "listserv-from", TYPING = "input, textarea, select, [contenteditable], dialog";
  const on = () => kept("localStorage", SWITCH) !== "off";
  const items = () => [...main.querySelectorAll(".post, .threads > .thread")].filter(item => item.offsetParent);
  const top = item => item.getBoundingClientRect().top;
  const keys = { j: () => move(1), k: () => move(-1), n: () => beside("next"), p: () => beside("prev"), o: open, u: up, r: reply, "/": search, "?": help };

  addEventListener("keydown", event => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest?.(TYPING) || document.querySelector("dialog[open]")) return;
    const work = event.key === "Enter" ? event.target.matches?.(".post") && open : on() && Object.hasOwn(keys, event.key) && keys[event.key];
    if (work && (!event.repeat || "jk".includes(event.key)) && work()) event.preventDefault();
  });

  function move(step) {
    const all = items(), at = all.indexOf(chosen());
    const ahead = at >= 0 ? at + step : step > 0 ? all.findIndex(item => top(item) > 8) : all.findLastIndex(item => top(item) < -8);
    return !!all[ahead] && show(all[ahead]);
  }

  // What has the focus, as long as it can be seen.
  function chosen() {
    const item = items().find(one => one.contains(document.activeElement)), box = item?.getBoundingClientRect();
    return box && box.bottom > 0 && box.top < innerHeight ? item : null;
  }

  // The focus itself goes there, so that screen readers and Tab go on from it.
  function show(item) {
    const post = item.matches(".post"), target = post ? item : item.querySelector(":is(h2, h3) a, a");
    if (post) item.tabIndex = -1;
    target?.focus({ preventScroll: true });
    item.scrollIntoView({ block: post ? "start" : "nearest" });
    return true;
  }

  function post() {
    const all = items().filter(item => item.matches(".post"));
    return all.find(one => one === chosen()) || all.findLast(item => top(item) < innerHeight / 3) || all[0];
  }

  function follow(link) {
    if (!link || link.href === location.href) return false;
    link.click();
    return true;
  }

  function beside(rel) {
    return follow(main.querySelector(`.between a[rel=${rel}]`) || main.querySelector(`a[rel=${rel}]`));
  }

  function open() {
    const item = chosen();
    return !!item && follow(item.querySelector(item.matches(".post") ? ".by a[href*='/message/']" : ":is(h2, h3) a, a"));
  }

  function up() {
    keep("sessionStorage", FROM, location.pathname);
    return follow(document.querySelector(".crumbs a") || document.querySelector("a.stamp"));
  }

  function reply() {
    return follow(post()?.querySelector(".acts a.button"));
  }

  function search() {
    const box = document.getElementById("q");
    box?.focus();
    box?.select();
    return !!box;
  }

  function help() {
    const box = dialog();
    box.querySelector("input").checked = on();
    box.showModal();
    return true;
  }

  function dialog() {
    const there = document.querySelector("dialog.help");
    if (there) return there;
    const made = document.importNode(words.content.querySelector("dialog"), true), tick = made.querySelector("input");
    tick.addEventListener("change", () => keep("localStorage", SWITCH, tick.checked ? "on" : "off"));
    made.addEventListener("click", event => { if (event.target === made || event.target.closest("button")) made.close(); });
    document.body.append(made);
    return made;
  }

  function kept(store, name) {
    try { return window[store].getItem(name); } catch { return null; }
  }

  function keep(store, name, value) {
    try { window[store].setItem(name, value); } catch { /* a browser that keeps nothing */ }
  }

  function cameUp() {
    const from = kept("sessionStorage", FROM), row = items().find(item => item.matches(".thread") && item.querySelector("a")?.pathname === from);
    if (from && from !== location.pathname) keep("sessionStorage", FROM, "");
    if (from && row && !location.hash) show(row);
  }

  const button = document.getElementById("keys");
  button.hidden = false;
  button.addEventListener("click", help);
  cameUp();

  // ---- what a message answers: its first lines, under the link to it ----------------------------------
  const LONGEST = 320, COMING = 300, GOING = 250;
  const fetched = new Map();
  let peek = null, timer = 0, finger = false;

  // (What is in the box itself is no such link.)
  const answered = target => target.closest?.(".peek") ? null : target.closest?.(".post .re a:is([href^='#m'], [href*='/message/'])");
  const within = target => !!peek && !!target?.closest && (peek.box.contains(target) || peek.link.contains(target));

  function soon(work, wait) {
    clearTimeout(timer);
    timer = setTimeout(work, wait);
  }

  main.addEventListener("pointerover", event => {
    if (event.pointerType === "touch") return;
    const link = answered(event.target);
    if (within(event.target)) clearTimeout(timer);
    else if (link) soon(() => look(link), COMING);
    else if (peek && !within(document.activeElement)) soon(away, GOING);
    else if (!peek) clearTimeout(timer);
  });
  main.addEventListener("pointerleave", () => { if (!within(document.activeElement)) soon(away, GOING); });
  main.addEventListener("focusin", event => {
    const link = answered(event.target);
    if (link && link.matches(":focus-visible")) soon(() => look(link), COMING);
    else if (peek && !within(event.target)) away();
  });
  addEventListener("pointerdown", event => {
    finger = event.pointerType === "touch";
    if (peek && !within(event.target)) away();
  });
  // A finger cannot hover: its first touch looks, the link in the box goes there. (A click without a pointer is the Enter key's.)
  main.addEventListener("click", event => {
    const link = answered(event.target);
    if (!link || !finger || !event.detail || peek?.link === link) return;
    event.preventDefault();
    look(link).then(found => { if (!found) location.assign(link.href); });
  });
  addEventListener("keydown", event => {
    if (event.key !== "Escape" || !peek) return;
    event.preventDefault();
    if (peek.box.contains(document.activeElement)) peek.link.focus();
    away();
  });

  async function look(link) {
    if (peek?.link === link) return true;
    const asked = peek = { link, box: document.createElement("span") };
    const body = await bodyOf(link);
    if (peek !== asked) return true;
    if (!body) {
      peek = null;
      return false;
    }
    const said = document.createElement("span"), go = document.createElement("a");
    Object.assign(said, { id: "peek", lang: body.closest("[lang]")?.lang || "", textContent: firstWords(body) });
    Object.assign(go, { href: link.href, textContent: words.dataset.go });
    peek.box.className = "peek";
    peek.box.append(said, go);
    link.closest(".re").append(peek.box);
    link.setAttribute("aria-describedby", "peek");
    peek.box.classList.toggle("above", peek.box.getBoundingClientRect().bottom > innerHeight && top(peek.box) > innerHeight / 2);
    return true;
  }

  function away() {
    clearTimeout(timer);
    peek?.box.remove();
    peek?.link.removeAttribute("aria-describedby");
    peek = null;
  }

  // From this page, or from the message's own.
  function bodyOf(link) {
    const here = link.hash && link.pathname === location.pathname && document.getElementById(link.hash.slice(1));
    if (here) return here.querySelector(".body");
    if (!fetched.has(link.href)) fetched.set(link.href, bodyThere(link.href));
    return fetched.get(link.href);
  }

  async function bodyThere(address) {
    try {
      // Said, so that it counts as nobody's visit.
      const answer = await fetch(address, { headers: { "X-Purpose": "preview" } });
      return answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".post .body") : null;
    } catch {
      return null;
    }
  }

  function firstWords(body) {
    const said = [...body.children].filter(part => !part.matches(".fold, blockquote"));
    const text = (said.length ? said : [body]).map(part => part.textContent.trim()).filter(Boolean).join("\n");
    return text.length <= LONGEST ? text : text.slice(0, LONGEST).replace(/\s+\S*$/, "") + "…";
  }

  // ---- the place read to ------------------------------------------------------------------------------
  const ENOUGH = 1500;

  function reading(form) {
    const posts = [...main.querySelectorAll(".post")], last = posts.at(-1), seen = new Set(), timers = new Map();
    const fresh = posts.filter(one => one.dataset.seq), seq = one => Number(one.dataset.seq), whole = () => Number(form.elements.upto.value);
    const said = document.createElement("p"), buttons = [...form.elements].filter(one => one.matches("button"));
    let told = 0;
    said.className = "soft";
    said.setAttribute("role", "status");
    form.after(said);

    // A message is read when its end has been in view for a moment.
    const ends = new Map(posts.map(one => [one.querySelector(".said")?.lastElementChild || one, one]));
    const eye = new IntersectionObserver(entries => entries.forEach(entry => {
      const one = ends.get(entry.target);
      clearTimeout(timers.get(one));
      timers.delete(one);
      if (entry.isIntersecting && !seen.has(one)) timers.set(one, setTimeout(() => read(one), ENOUGH));
    }));
    for (const end of ends.keys()) eye.observe(end);

    function read(one) {
      timers.delete(one);
      if (document.visibilityState === "hidden") return;
      seen.add(one);
      if (one === last || (fresh.length && fresh.every(other => seen.has(other)))) tell(whole());
    }

    // Who leaves: as far as nothing new before it was left out.
    function far() {
      if (seen.has(last) || (timers.has(last) && performance.now() > 2 * ENOUGH)) return whole();
      const missed = Math.min(...fresh.filter(one => !seen.has(one)).map(seq));
      return Math.max(0, ...fresh.filter(one => seen.has(one)).map(seq).filter(number => number < missed));
    }

    async function tell(upto) {
      if (upto <= told) return;
      told = upto;
      const data = new URLSearchParams(new FormData(form));
      data.set("upto", upto);
      try {
        const answer = await fetch(form.action, { method: "POST", body: data, keepalive: true, headers: { "X-Requested-With": "fetch" } });
        if (answer.ok && upto === whole() && !buttons.includes(document.activeElement)) {
          form.hidden = true;
          for (const one of buttons) one.hidden = true;
          said.textContent = words.dataset.read;
        }
      } catch {
        told = 0;
      }
    }

    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") tell(far()); });
    addEventListener("pagehide", () => tell(far()));
  }

  const form = main.querySelector("form.read");
  if (form) reading(form);

  // ---- the moment itself, in the reader's own time ----------------------------------------------------
  for (const kind of ["pointerover", "focusin"]) document.addEventListener(kind, event => {
    const near = event.target, time = near.closest?.("time[datetime]") || (kind === "focusin" && near.querySelector?.("time[datetime]"));
    const at = time && !time.title && new Date(time.dateTime);
    if (at && !isNaN(at)) time.title = at.toLocaleString(document.documentElement.lang, { dateStyle: "full", timeStyle: "long" });
  });

  // ---- what is folded opens for links that lead into it -----------------------------------------------
  function unfold() {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    let fold = target && target.closest("details:not([open])");
    if (!fold) return;
    for (; fold; fold = target.closest("details:not([open])")) fold.open = true;
    target.scrollIntoView();
  }
  addEventListener("hashchange", unfold);
  unfold();
})();
