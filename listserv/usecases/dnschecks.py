"""What others can find out about our domain, and whether they will take its mail: the DNS half of `check`."""

from collections.abc import Callable, Iterator
from ipaddress import ip_address

from listserv.config import Settings
from listserv.dns import LookupFailed, Resolver, is_special
from listserv.i18n import N_, sentence
from listserv.mail import publickeys
from listserv.mail.dmarc import dmarc_policy
from listserv.mail.signing import Key, read_signer
from listserv.usecases.checking import Finding, State, good


def about_dns(settings: Settings, resolver: Resolver, relay_host: str) -> Iterator[Finding]:
    """What others can find out about our domain: MX, SPF, DKIM, DMARC, and the name of the machine that sends."""
    domain = settings.site.domain
    if not settings.auth.dns and (is_special(domain) or "." not in domain):
        found = sentence(N_("{domain} is a name for examples and tests: nobody outside can write to it"), domain=domain)
        yield Finding("dns", State.UNKNOWN, found, sentence(N_("use a domain of your own")))
        return
    for what, question in QUESTIONS.items():
        try:
            yield question(settings, resolver, relay_host)
        except LookupFailed:
            yield Finding(what, State.UNKNOWN, sentence(N_("the resolver does not answer")), sentence(N_("try again, or set auth.dns")))


def _mx(settings: Settings, resolver: Resolver, relay_host: str) -> Finding:
    domain = settings.site.domain
    hosts = mail_hosts(domain, resolver)
    if not hosts:
        found = sentence(N_("no mail server is published for {domain}"), domain=domain)
        return Finding("mx", State.BAD, found, sentence(N_("publish: {domain}. MX 10 <your mail server>."), domain=domain))
    dead = [host for host in hosts if not addresses(host, resolver)]
    if dead:
        found = sentence(N_("{host} has no address"), host=dead[0])
        return Finding("mx", State.BAD, found, sentence(N_("publish an A or AAAA record for {host}"), host=dead[0]))
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
        mend = sentence(N_('publish: {domain}. TXT "v=spf1 mx -all" (and the relay, where it is another machine)'), domain=domain)
        return Finding("spf", State.BAD, sentence(N_("{domain} says nothing about who may send for it"), domain=domain), mend)
    if len(records) > 1:
        found = sentence(N_("there are two SPF records, which is as good as an error (RFC 7208 section 4.5)"))
        return Finding("spf", State.BAD, found, sentence(N_("keep one")))
    if "+all" in records[0].lower().split() or "all" in records[0].lower().split():
        return Finding("spf", State.WARNING, sentence(N_("{record} allows everybody"), record=records[0]), sentence(N_("end it with -all")))
    return good("spf", records[0])


def _dkim(settings: Settings, resolver: Resolver, relay_host: str) -> Finding:
    domain = settings.site.domain
    if not settings.relay.dkim_key:
        mend = N_("let the relay sign with d={domain} (opendkim or rspamd), send yourself a post and look for `DKIM-Signature: … d={domain}` in it")
        found = N_("the relay has to sign what leaves: without a signature mail programs show no one-click button (RFC 8058)")
        return Finding("dkim", State.UNKNOWN, sentence(found), sentence(mend, domain=domain))
    try:
        signer = read_signer((settings.data / settings.relay.dkim_key).read_bytes(), settings.relay.dkim_selector, domain)
    except (OSError, ValueError) as wrong:
        return Finding("dkim", State.BAD, f"relay.dkim_key: {wrong}", sentence(N_("make keys with `listserv dkim make`")))
    for key in signer.keys:
        name, mend = f"{key.selector}._domainkey.{domain}", sentence(N_("publish what `listserv dkim show` prints"))
        published = resolver.txt(name)
        if not published:
            return Finding("dkim", State.BAD, sentence(N_("no key is published at {name}"), name=name), mend)
        if not same_key(key, published[0]):
            found = sentence(N_("the key at {name} is not the one in {file}"), name=name, file=settings.relay.dkim_key)
            return Finding("dkim", State.BAD, found, mend)
    selectors = ", ".join(key.selector for key in signer.keys)
    found = sentence(N_("{selectors} under _domainkey.{domain}: as in {file}"), selectors=selectors, domain=domain, file=settings.relay.dkim_key)
    return good("dkim", found)


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
        mend = sentence(N_('publish: _dmarc.{domain}. TXT "v=DMARC1; p=none; rua=mailto:postmaster@{domain}"'), domain=domain)
        return Finding("dmarc", State.WARNING, sentence(N_("{domain} has no policy: large providers trust it less"), domain=domain), mend)
    return good("dmarc", f"p={policy}")


def _ptr(settings: Settings, resolver: Resolver, relay_host: str) -> Finding:
    """The machine that speaks to the world needs a name that leads back to it; large providers refuse others."""
    host = relay_host or next(iter(mail_hosts(settings.site.domain, resolver)), "")
    found = addresses(host, resolver) if host else []
    if not found:
        return Finding("ptr", State.UNKNOWN, sentence(N_("it is not known which machine sends")), sentence(N_("set relay.url, or publish an MX")))
    for address in found:
        names = [name.rstrip(".") for name in resolver.ask(ip_address(address).reverse_pointer, "PTR")]
        if not any(address in addresses(name, resolver) for name in names):
            mend = sentence(N_("ask whoever gave you the address for a PTR record, and publish the same name with that address"))
            nameless = sentence(N_("{address} ({host}) has no name that leads back to it"), address=address, host=host)
            return Finding("ptr", State.BAD, nameless, mend)
    return good("ptr", f"{host}: {', '.join(found)}")


QUESTIONS: dict[str, Callable[[Settings, Resolver, str], Finding]] = {"mx": _mx, "spf": _spf, "dkim": _dkim, "dmarc": _dmarc, "ptr": _ptr}
