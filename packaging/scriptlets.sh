# What the packages' scripts do, for deb and rpm alike: scripts/packages puts these functions into each of them.
# None of them restarts a kubelet, and none makes the package manager fail.

timer=crio-credential-provider-sweep.timer
auth=/etc/crio/auth

# after_install first|upgrade: makes the directories, and lets the timer run where systemd's presets permit it.
after_install() {
    if command -v systemd-tmpfiles >/dev/null; then
        systemd-tmpfiles --create crio-credential-provider.conf || :
    fi
    command -v systemctl >/dev/null || return 0
    [ "$1" = upgrade ] || systemctl --no-reload --quiet preset $timer || :
    [ -d /run/systemd/system ] || return 0
    # A timer that runs goes by its new file after this.
    systemctl daemon-reload || :
    if [ "$1" = first ] && systemctl --quiet is-enabled $timer; then
        systemctl start $timer || :
    fi
}

# before_removal: stops the timer, removes what no pull will take any more, and says what would break.
before_removal() {
    warn_if_configured
    # A unit below /etc is that of "crio-credential-provider install", and goes with "uninstall".
    if command -v systemctl >/dev/null && [ ! -e /etc/systemd/system/$timer ]; then
        [ ! -d /run/systemd/system ] || systemctl stop $timer || :
        systemctl --no-reload --quiet disable $timer || :
    fi
    [ ! -d $auth ] || crio-credential-provider sweep || :
}

# configured: the provider configs that name the program, one a line. Where configs lie is up to the kubelet's flags:
# those of a running kubelet count, and the usual places.
configured() {
    {
        cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' '\n' | sed -n 's/^--image-credential-provider-config=//p'
        printf '%s\n' /etc/kubernetes /var/lib/kubelet/credential-provider
    } | sort -u | while read -r place; do
        [ ! -e "$place" ] || grep -rlsE --include='*.yaml' --include='*.yml' --include='*.json' --exclude-dir=pki \
            '"?name"?:[[:space:]]*"?crio-credential-provider"?' "$place" || :
    done | sort -u
}

warn_if_configured() {
    files=$(configured)
    [ -n "$files" ] || return 0
    {
        echo "crio-credential-provider: a kubelet config still names this program:"
        echo "$files" | sed 's/^/  /'
        echo "Without the program this node's kubelet does not start the next time. To take it out of the configuration, run"
        echo "  crio-credential-provider uninstall --restart-kubelet"
        echo "if \"crio-credential-provider install\" wrote it, or remove the entry by hand, and restart the kubelet."
        echo "If the program is gone already, install the package again first."
    } >&2
}

# after_removal: leaves nothing behind but what belongs to somebody else.
after_removal() {
    [ ! -d /run/systemd/system ] || systemctl daemon-reload || :
    rm -rf /run/crio-credential-provider
    # Auth files hold passwords. Those of a pull that is going on may be another program's of the same names.
    [ ! -d $auth ] || find $auth -maxdepth 1 -type f -mmin +1 \
        \( -name '*-????????????????????????????????????????????????????????????????.json' -o -name '.auth-*.tmp' \) -delete || :
    rmdir $auth/in-use $auth /etc/crio 2>/dev/null || :
    if [ -d /var/lib/crio-credential-provider ]; then
        if [ -n "$(configured)" ]; then
            echo "crio-credential-provider: kept /var/lib/crio-credential-provider, the kubelet's original configuration" >&2
        else
            rm -rf /var/lib/crio-credential-provider
        fi
    fi
}
