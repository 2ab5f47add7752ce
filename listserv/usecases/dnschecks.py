"""What others can find out about our domain, and whether they will take its mail: the DNS half of `check`."""

from collections.abc import Callable, Iterator
from ipaddress import ip_address

from listserv.config import Settings
from listserv.dns import LookupFailed, Resolver, is_special
from listserv.mail import publickeys
from listserv.mail.dmarc import dmarc_policy
from listserv.mail.signing import Key, read_signer
from listserv.usecases.checking import Finding, State, good


def about_dns(settings: Settings, resolver: Resolver, relay_host: str) -> Iterator[Finding]:
    """What others can find out about our domain: MX, SPF, DKIM, DMARC, and the name of the machine that sends."""
    domain = settings.site.domain
    if not settings.auth.dns and (is_special(domain) or "." not in domain):
        yield Finding("dns", State.UNKNOWN, f"{domain} is a name for examples and tests: nobody outside can write to it", "use a domain of your own")
        return
    for what, question in QUESTIONS.items():
        try:
            yield question(settings, resolver, relay_host)
        except LookupFailed:
            yield Finding(what, State.UNKNOWN, "the resolver does not answer", "try again, or set auth.dns")


def _mx(settings: Settings, resolver: Resolver, relay_host: str) -> Finding:
    domain = settings.site.domain
    hosts = mail_hosts(domain, resolver)
    if not hosts:
        return Finding("mx", State.BAD, f"no mail server is published for {domain}", f"publish: {domain}. MX 10 <your mail server>.")
    dead = [host for host in hosts if not addresses(host, resolver)]
    if dead:
        return Finding("mx", State.BAD, f"{dead[0]} has no address", f"publish an A or AAAA record for {dead[0]}")
    return good("mx", ", ".join(hosts))


def mail_hosts(domain: str, resolver: Resolver) -> list[str]:
    """The hosts that take mail for a domain, the preferred first; the domain itself where it has an address only (RFC 5321 section 5.1)."""
    found = [record.split() for record in resolver.ask(domain, "MX")]
    hosts = [host.rstrip(".") for _, host in sorted((int(preference), host) for preference, host in found)]
    return [host for host in hosts if host] or ([domain] if not found and addresses(domain, resolver) else [])


def addresses(host: str, resolver: Resolver) -> list[str]:
    """The addresses of a host; its own where it is one."""
    try:
        return [str(ip_address(host))]
    except ValueError:
        return [*resolver.ask(host, "A"), *resolver.ask(host, "AAAA")]


def _spf(settings: Settings, resolver: Resolver, relay_host: str) -> Finding:
    domain = settings.site.domain
    records = [text for text in resolver.txt(domain) if text.lower().split(" ")[0] == "v=spf1"]
    if not records:
        mend = f'publish: {domain}. TXT "v=spf1 mx -all" (and the relay, where it is another machine)'
        return Finding("spf", State.BAD, f"{domain} says nothing about who may send for it", mend)
    if len(records) > 1:
        return Finding("spf", State.BAD, "there are two SPF records, which is as good as an error (RFC 7208 section 4.5)", "keep one")
    if "+all" in records[0].lower().split() or "all" in records[0].lower().split():
        return Finding("spf", State.WARNING, f"{records[0]} allows everybody", "end it with -all")
    return good("spf", records[0])


def _dkim(settings: Settings, resolver: Resolver, relay_host: str) -> Finding:
    domain = settings.site.domain
    if not settings.relay.dkim_key:
        mend = f"let the relay sign with d={domain} (opendkim or rspamd), send yourself a post and look for `DKIM-Signature: … d={domain}` in it"
        found = "the relay has to sign what leaves: without a signature mail programs show no one-click button (RFC 8058)"
        return Finding("dkim", State.UNKNOWN, found, mend)
    try:
        signer = read_signer((settings.data / settings.relay.dkim_key).read_bytes(), settings.relay.dkim_selector, domain)
    except (OSError, ValueError) as wrong:
        return Finding("dkim", State.BAD, f"relay.dkim_key: {wrong}", "make keys with `listserv dkim make`")
    for key in signer.keys:
        name, mend = f"{key.selector}._domainkey.{domain}", "publish what `listserv dkim show` prints"
        published = resolver.txt(name)
        if not published:
            return Finding("dkim", State.BAD, f"no key is published at {name}", mend)
        if not same_key(key, published[0]):
            return Finding("dkim", State.BAD, f"the key at {name} is not the one in {settings.relay.dkim_key}", mend)
    return good("dkim", f"{', '.join(key.selector for key in signer.keys)} under _domainkey.{domain}: as in {settings.relay.dkim_key}")


def same_key(key: Key, record: str) -> bool:
    """Is a published key (RFC 6376 section 3.6.1) the public half of this one?"""
    try:
        theirs, _ = publickeys.published_key([record])
    except publickeys.Unusable:
        return False
    return bool(key.private.public_key() == theirs)


def _dmarc(settings: Settings, resolver: Resolver, relay_host: str) -> Finding:
    domain = settings.site.domain
    policy = dmarc_policy(domain, resolver.txt)
    if policy is None:
        mend = f'publish: _dmarc.{domain}. TXT "v=DMARC1; p=none; rua=mailto:postmaster@{domain}"'
        return Finding("dmarc", State.WARNING, f"{domain} has no policy: large providers trust it less", mend)
    return good("dmarc", f"p={policy}")


def _ptr(settings: Settings, resolver: Resolver, relay_host: str) -> Finding:
    """The machine that speaks to the world needs a name that leads back to it; large providers refuse others."""
    host = relay_host or next(iter(mail_hosts(settings.site.domain, resolver)), "")
    found = addresses(host, resolver) if host else []
    if not found:
        return Finding("ptr", State.UNKNOWN, "it is not known which machine sends", "set relay.url, or publish an MX")
    for address in found:
        names = [name.rstrip(".") for name in resolver.ask(ip_address(address).reverse_pointer, "PTR")]
        if not any(address in addresses(name, resolver) for name in names):
            mend = "ask whoever gave you the address for a PTR record, and publish the same name with that address"
            return Finding("ptr", State.BAD, f"{address} ({host}) has no name that leads back to it", mend)
    return good("ptr", f"{host}: {', '.join(found)}")


QUESTIONS: dict[str, Callable[[Settings, Resolver, str], Finding]] = {"mx": _mx, "spf": _spf, "dkim": _dkim, "dmarc": _dmarc, "ptr": _ptr}
