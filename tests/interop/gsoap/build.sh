#!/usr/bin/env bash
# build.sh WSDL_FOLDER OUTPUT_FOLDER: makes OUTPUT_FOLDER/client from the contract and client.c.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
contract="$(cd "$1" && pwd)"
mkdir -p "$2" && cd "$2"
plugin=/usr/share/gsoap/plugin

# -c: plain C, which compiles in seconds; the policy in the WSDL makes wsdl2h import wsse.h by itself.
wsdl2h -c -s -x -o service.h "$contract/documents.wsdl" "$contract/registration.wsdl" >wsdl2h.log 2>&1
soapcpp2 -c -C -L -x -w -I/usr/share/gsoap/import service.h >soapcpp2.log 2>&1
for source in soapC.c soapClient.c "$plugin"/{wsseapi,smdevp,mecevp}.c /usr/share/gsoap/custom/struct_timeval.c \
    "$here/client.c"; do
    gcc -std=gnu11 -O0 -w -DWITH_OPENSSL -DWITH_DOM -I. -I"$plugin" -c "$source"
done
gcc -o client ./*.o -lgsoapssl -lssl -lcrypto
