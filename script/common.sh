# Read by the other scripts: what they say, and how they install from Debian.

say() { printf '%s\n' "$*"; }

stop() {
    printf '%s\n' "$*" >&2
    exit 1
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

may_install() {
    command -v apt-get >/dev/null || return 1
    [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null
}

# Installing certificates rewrites the system's bundle. A network that signs its own traffic
# may have its certificate only in the old bundle, so that one stays in use until we are done.
BUNDLE=/etc/ssl/certs/ca-certificates.crt

keep_certificates() {
    OLD_BUNDLE=
    [ -r "$BUNDLE" ] || return 0
    OLD_BUNDLE=$(mktemp)
    cat "$BUNDLE" >"$OLD_BUNDLE"
}

use_kept_certificates() {
    [ -n "$OLD_BUNDLE" ] || return 0
    if cmp -s "$BUNDLE" "$OLD_BUNDLE"; then
        rm -f "$OLD_BUNDLE"
    else
        export PIP_CERT="$OLD_BUNDLE" SSL_CERT_FILE="$OLD_BUNDLE" NODE_EXTRA_CA_CERTS="$OLD_BUNDLE"
    fi
}

apt_install() {
    may_install || return 1
    say "Installing from Debian: $*"
    keep_certificates
    as_root apt-get update -qq </dev/null || say "The package lists could not all be refreshed."
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "$@" </dev/null >/dev/null || return 1
    use_kept_certificates
}

# The browser the journeys are driven in; says nothing when there is none.
find_chromium() {
    for name in chromium-headless-shell chromium chromium-browser google-chrome; do
        command -v "$name" && return 0
    done
    return 1
}
