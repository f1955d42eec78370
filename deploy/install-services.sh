#!/usr/bin/env bash
# Installs the Debian packages whose programs the tests start privately, each on a free port of 127.0.0.1, and those of
# the foreign toolkits that the tests call the gateway with (tests/interop). The packages' own system services are not
# wanted here: they are kept from starting and are left switched off. What is there from elsewhere (a JDK, Node) will do.
#
#   deploy/install-services.sh            install what is missing (root, or sudo without a password)
#   deploy/install-services.sh --check    only say what is there; exits with 1 when something is missing
set -euo pipefail

say() { printf 'install-services: %s\n' "$*"; }

# package, and a command that succeeds when the tests can use it
needed() {
    cat <<'LIST'
rabbitmq-server  ls /usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server
postgresql       ls /usr/lib/postgresql/1[5-9]/bin/postgres
xmlsec1          command -v xmlsec1
openssl          command -v openssl
php-cli          command -v php
php-soap         php -r 'exit(extension_loaded("soap") ? 0 : 1);'
php-xml          php -r 'exit(extension_loaded("dom") ? 0 : 1);'
libwss4j-java    ls /usr/share/java/wss4j.jar /usr/share/java/xmlsec.jar /usr/share/java/slf4j-nop.jar
default-jdk-headless  java -version && javac -version
gsoap            command -v wsdl2h && command -v soapcpp2 && ls /usr/share/gsoap/plugin/wsseapi.c
g++              echo '#include <stdio.h>' | gcc -x c -fsyntax-only -
libgsoap-dev     echo '#include <stdsoap2.h>' | gcc -x c -fsyntax-only - && ls /usr/lib/*/libgsoapssl.so
libssl-dev       echo '#include <openssl/evp.h>' | gcc -x c -fsyntax-only -
nodejs           command -v node
npm              command -v npm
LIST
}

missing() {
    while read -r package probe; do
        bash -c "$probe" >/dev/null 2>&1 </dev/null || echo "$package"
    done < <(needed)
}

mapfile -t wanted < <(missing)
if [ "${#wanted[@]}" -eq 0 ]; then
    say "everything is installed: $(needed | awk '{ printf "%s ", $1 }')"
    exit 0
fi
say "missing: ${wanted[*]}"
[ "${1:-}" = --check ] && exit 1

if [ "$(id -u)" -eq 0 ]; then
    as_root=()
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    as_root=(sudo -n)
else
    say "cannot install: neither root nor sudo without a password. As root: apt-get install ${wanted[*]}" >&2
    exit 1
fi
if ! command -v apt-get >/dev/null; then
    say "cannot install: this is not a Debian system. Install the equivalents of: ${wanted[*]}" >&2
    exit 1
fi

# Debian asks this file before it starts a service; 101 means no. One that is already there is the machine owner's.
policy=/usr/sbin/policy-rc.d
created_policy=
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
    "${as_root[@]}" chmod 755 "$policy"
    created_policy=yes
fi
cleanup() { [ -z "$created_policy" ] || "${as_root[@]}" rm -f "$policy"; }
trap cleanup EXIT

# No default cluster either: the tests make their own.
if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
    "${as_root[@]}" mkdir -p /etc/postgresql-common
    echo 'create_main_cluster = false' | "${as_root[@]}" tee /etc/postgresql-common/createcluster.conf >/dev/null
fi

apt() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 \
        -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@"
}
log="$(mktemp)"
say "apt-get update"
apt update >"$log" 2>&1 || say "apt-get update reported errors; going on with the lists that are there"
say "apt-get install ${wanted[*]}"
apt install --yes --no-install-recommends "${wanted[@]}" >"$log" 2>&1 || {
    tail -n 30 "$log" >&2
    say "the installation failed; its last lines are above" >&2
    exit 1
}
rm -f "$log"

# Switched off for the next boot as well. Only what this run installed: services that were there before are not ours.
for package in "${wanted[@]}"; do
    case $package in
        rabbitmq-server) units=(rabbitmq-server.service epmd.service epmd.socket) ;;
        postgresql) units=(postgresql.service) ;;
        *) continue ;;
    esac
    if command -v systemctl >/dev/null; then
        "${as_root[@]}" systemctl disable "${units[@]}" >/dev/null 2>&1 || true
        [ ! -d /run/systemd/system ] || "${as_root[@]}" systemctl stop "${units[@]}" >/dev/null 2>&1 || true
    fi
    say "$package is installed; its system service is off"
done

mapfile -t still < <(missing)
if [ "${#still[@]}" -gt 0 ]; then
    say "installed, yet not usable: ${still[*]}" >&2
    exit 1
fi
say "done"
