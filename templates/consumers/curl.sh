---
description: curl with a client certificate
file: request.sh
quoting: shell
---
#!/bin/sh
# curl with a client certificate. Further arguments are curl's.
exec curl --silent --show-error --fail-with-body \
  --cacert {{serverCa}} \
  --cert {{client.fullchain|curl-cert}} \
  --key {{client.key}} \
  "$@" {{server.url}}
