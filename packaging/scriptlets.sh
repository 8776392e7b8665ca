# What the packages' scripts do, for deb and rpm alike: scripts/packages puts these functions into each of them.
# None of them restarts a kubelet, and none makes the package manager fail.

# Where the node's files are: a test has a folder here.
root=
timer=crio-credential-provider-sweep.timer
auth=/etc/crio/auth
state=/var/lib/crio-credential-provider
# In a provider config, as an extended regular expression.
entry='"?name"?:[[:space:]]*"?crio-credential-provider"?'

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

# kubelets: the folders below /proc of the node's own kubelets. Any process may take that name, and what stands on the
# command line of a container's is up to its tenant: only root's count, and only those that no PID namespace of a container
# has (ProcessStatus.IsOfNode is the same rule).
kubelets() {
    for process in "$root"/proc/[0-9]*; do
        name='' user='' ids=''
        # A process may end at any time.
        {
            read -r name <"$process/comm" && [ "$name" = kubelet ] || continue
            while read -r field first second _; do
                case $field in
                Uid:) user="$first $second" ;;
                NSpid:) ids="$first $second" ;;
                esac
            done <"$process/status" || continue
        } 2>/dev/null
        case $user:$ids in
        "0 0:"[0-9]*" ") printf '%s\n' "$process" ;;
        esac
    done
}

# config_flags: the values of the flag, in both of its forms, one a line.
config_flags() {
    kubelets | while read -r process; do
        tr '\0' '\n' <"$process/cmdline" 2>/dev/null | sed -n \
            -e 's/^--image-credential-provider-config=//p' -e '/^--image-credential-provider-config$/{n;p;}' || :
    done
}

# configured: the provider configs that name the program, one a line. Where configs lie is up to the kubelet's flags:
# those of a running kubelet count, and the usual places. Their names are printed without what a terminal obeys.
configured() {
    {
        config_flags
        printf '%s\n' /etc/kubernetes /var/lib/kubelet/credential-provider
    } | sort -u | while read -r place; do
        code=0
        # Nothing else is opened: to open a FIFO is to wait for its writer.
        if [ -f "$root$place" ]; then
            timeout 10 grep -lsE -e "$entry" -- "$root$place" || code=$?
        elif [ -d "$root$place" ]; then
            timeout 10 grep -rlsE --include='*.yaml' --include='*.yml' --include='*.json' --exclude-dir=pki \
                -e "$entry" -- "$root$place" || code=$?
        fi
        # What nobody has seen may be one.
        [ "$code" -ne 124 ] || printf '%s (not searched to the end)\n' "$root$place"
    done | sort -u | LC_ALL=C tr -c '\n -~' '?'
}

warn_if_configured() {
    files=$(configured)
    [ -n "$files" ] || return 0
    {
        echo "crio-credential-provider: a kubelet config still names this program:"
        printf '%s\n' "$files" | sed 's/^/  /'
        echo "Without the program this node's kubelet does not start the next time. To take it out of the configuration, run"
        echo "  crio-credential-provider uninstall --restart-kubelet"
        echo "if \"crio-credential-provider install\" wrote it, or remove the entry by hand, and restart the kubelet."
        echo "If the program is gone already, install the package again first."
    } >&2
}

# after_removal: leaves nothing behind but what belongs to somebody else.
after_removal() {
    [ ! -d "$root/run/systemd/system" ] || systemctl daemon-reload || :
    rm -rf "$root/run/crio-credential-provider"
    # Auth files hold passwords. Those of a pull that is going on may be another program's of the same names.
    [ ! -d "$root$auth" ] || find "$root$auth" -maxdepth 1 -type f -mmin +1 \
        \( -name '*-????????????????????????????????????????????????????????????????.json' -o -name '.auth-*.tmp' \) -delete || :
    rmdir "$root$auth/in-use" "$root$auth" "$root/etc/crio" 2>/dev/null || :
    [ -d "$root$state" ] || return 0
    # "uninstall" removes state.json: while it is there, the node has, or may have, what "install" changed. A kubelet that
    # is stopped says nothing about its config.
    if [ -e "$root$state/state.json" ] || [ -n "$(configured)" ]; then
        {
            echo "crio-credential-provider: kept $state, the original files of what \"crio-credential-provider install\" changed."
            echo "To restore them, install the package again, and run"
            echo "  crio-credential-provider uninstall --restart-kubelet"
            echo "If nothing of them is needed any more, delete the directory."
        } >&2
    else
        rm -rf "$root$state"
    fi
}
