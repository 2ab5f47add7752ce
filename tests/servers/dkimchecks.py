"""Two DKIM verifiers that are not ours: Perl's Mail::DKIM (SpamAssassin's and amavis') and dkimpy."""

import re
import subprocess

import dkim

ABSENT = "there is no second DKIM verifier: install Debian's package libmail-dkim-perl"

PERL = """
use Mail::DKIM::Verifier; use Net::DNS::Resolver;
Mail::DKIM::DNS::resolver(Net::DNS::Resolver->new(nameservers => ['127.0.0.1'], port => $ARGV[0], recurse => 0));
my $verifier = Mail::DKIM::Verifier->new();
binmode STDIN; local $/ = "\\015\\012";
while (<STDIN>) { $verifier->PRINT($_); }
$verifier->CLOSE;
print join("\\n", map { $_->domain . "/" . $_->selector . " " . $_->result } $verifier->signatures), "\\n";
"""


def is_there() -> bool:
    """Is the Perl module installed?"""
    return subprocess.run(["perl", "-MMail::DKIM::Verifier", "-e1"], capture_output=True).returncode == 0


def crlf(raw: bytes) -> bytes:
    """A mail of a Maildir as it was on the wire."""
    return raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def by_perl(raw: bytes, port: str) -> dict[str, str]:
    """domain/selector -> result ("pass", "fail" …) of each signature."""
    done = subprocess.run(["perl", "-e", PERL, port], input=crlf(raw), capture_output=True, check=True)
    return dict(line.split(" ") for line in done.stdout.decode().splitlines() if line)


def by_python(raw: bytes, names) -> list[bool]:
    """Does each signature hold, from the topmost on?"""

    def txt(name: bytes, timeout: int = 5) -> bytes:
        found = names.records.get(name.decode().rstrip("."), [""])[0]
        return "".join(found.split('"')[1::2]).encode()

    count = len(re.findall(rb"(?im)^DKIM-Signature:", raw.partition(b"\n\n")[0]))
    return [dkim.DKIM(crlf(raw)).verify(number, dnsfunc=txt) for number in range(count)]
