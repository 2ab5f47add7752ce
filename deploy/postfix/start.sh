#!/bin/sh
# Writes main.cf from the environment and becomes Postfix, which logs to its standard output.
#   DOMAIN    the part after @ of every list address         (lists.example.org)
#   MAILNAME  what this server calls itself, as its PTR says  (mx.example.org)
#   MAY_RELAY listserv's address: it alone sends to the world through here
#   LMTP      where listserv takes mail (listserv:8024)
#   TAKES     bytes of a mail, a little more than smtp.max_size
set -eu
: "${DOMAIN:?}" "${MAILNAME:?}" "${MAY_RELAY:?}"
[ -f /etc/postfix/master.cf ] || cp /usr/share/postfix/master.cf.dist /etc/postfix/master.cf

cat > /etc/postfix/main.cf <<MAIN
compatibility_level = 3.6
myhostname = $MAILNAME
mydestination =
alias_maps =
maillog_file = /dev/stdout
inet_interfaces = all
mynetworks = 127.0.0.0/8 [::1]/128 $MAY_RELAY
# As deploy/postfix/main.cf, which says why.
relay_domains = $DOMAIN
transport_maps = inline:{ { $DOMAIN = lmtp:inet:${LMTP:-listserv:8024} } }
# The other container is found as every program here finds it.
lmtp_host_lookup = native
message_size_limit = ${TAKES:-26279936}
smtputf8_enable = yes
smtpd_recipient_restrictions = permit_mynetworks, reject_unauth_destination, reject_unverified_recipient
unverified_recipient_reject_code = 550
address_verify_negative_refresh_time = 1m
address_verify_negative_expire_time = 10m
smtp_connection_cache_on_demand = yes
smtp_tls_security_level = may
smtp_tls_CAfile = /etc/ssl/certs/ca-certificates.crt
smtpd_tls_security_level = may
MAIN

# STARTTLS as soon as there is a certificate of its own; until then mail comes in as it can.
if [ -r /run/secrets/mail_certificate ]; then
    postconf -e 'smtpd_tls_chain_files = /run/secrets/mail_certificate'
fi
# Its parts run outside a chroot: names of other containers are looked up as everybody does.
postconf -F '*/*/chroot = n'
postfix check
exec postfix start-fg
