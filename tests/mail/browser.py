"""A real browser that reads cleaned HTML: what it asked the network for, and what ran."""

from contextlib import contextmanager

from tests.chromium import chromium

PAGE = "http://reader.invalid/page"
OWN = "http://reader.invalid/own/"
# Whatever runs tries one of these; they only take a note of it.
TRAP = """
window.ran = [];
for (const name of ['alert', 'confirm', 'prompt', 'open', 'print', 'fetch', 'postMessage'])
  window[name] = (...said) => { window.ran.push(name + ' ' + said.join(' ').slice(0, 80)); };
addEventListener('securitypolicyviolation', event => window.ran.push('stopped ' + event.violatedDirective + ' ' + event.blockedURI));
"""
LIVE = """() => {
  const found = [...window.ran];
  if (document.cookie || location.href !== 'PAGE') found.push('moved to ' + location.href);
  for (const e of document.querySelectorAll('#letter *')) {
    if (e.matches('script, style, link, meta, base, iframe, frame, object, embed, form, input, button, select, textarea, svg, math, audio, video, source, template, portal'))
      found.push(e.outerHTML.slice(0, 80));
    for (const a of e.attributes)
      if (/^on/i.test(a.name) || /^(src|srcset|background|poster|data|action|formaction|ping|xlink:href|id|name|autofocus|tabindex)$/i.test(a.name)
          && !(a.name === 'src' && e.src.startsWith('OWN'))) found.push(a.name + '=' + a.value.slice(0, 80));
    if (e.localName === 'a' && e.hasAttribute('href') && !/^(https?|mailto|tel):$/.test(e.protocol)) found.push(e.href);
    if (e.getAttribute('style') && /url|image|expression|@|position|\\\\\\\\/i.test(e.getAttribute('style'))) found.push(e.getAttribute('style'));
    for (const event of ['click', 'mouseover', 'focus', 'toggle', 'load', 'error']) e.dispatchEvent(new Event(event, {bubbles: false, cancelable: true}));
    const box = getComputedStyle(e);
    if (box.backgroundImage !== 'none' || box.listStyleImage !== 'none' || box.position === 'fixed' || box.position === 'absolute') found.push(box.cssText.slice(0, 80));
  }
  return [...new Set([...found, ...window.ran])];
}""".replace("PAGE", PAGE).replace("OWN", OWN)


@contextmanager
def reading():
    """A function that shows cleaned HTML (under a policy or none) and says everything that should not have happened."""
    with chromium() as browser:
        page = browser.new_context().new_page()
        asked, shown = [], {"html": "", "policy": ""}

        def answer(route):
            if route.request.url == PAGE:
                headers = {"Content-Security-Policy": shown["policy"]} if shown["policy"] else {}
                route.fulfill(body=shown["html"], content_type="text/html; charset=utf-8", headers=headers)
            else:
                route.abort()

        page.context.route("**/*", answer)
        page.context.on("request", lambda request: asked.append(request.url))
        page.on("dialog", lambda dialog: (asked.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.context.on("page", lambda other: asked.append(f"window {other.url}"))
        page.add_init_script(TRAP)

        def read(safe, policy=""):
            asked.clear()
            shown.update(html=f'<!doctype html><html lang="pl"><body><div id="letter">{safe}</div></body></html>', policy=policy)
            page.goto(PAGE)
            live = page.evaluate(LIVE)
            return [what for what in asked if what != PAGE and not what.startswith(OWN)] + live

        yield read
