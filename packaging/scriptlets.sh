# Functions for the maintainer scripts of the deb and the rpm; scripts/packages copies them into each script.
# None of them restarts a kubelet, and none makes the package manager fail.

# The node's root directory; a test sets a temporary directory.
root=
timer=crio-credential-provider-sweep.timer
auth=/etc/crio/auth
state=/var/lib/crio-credential-provider
# Matches our entry in a provider config, as an extended regular expression.
entry='"?name"?:[[:space:]]*"?crio-credential-provider"?'

# after_install first|upgrade: creates the directories, and enables the timer if systemd's presets permit it.
after_install() {
    if command -v systemd-tmpfiles >/dev/null; then
        systemd-tmpfiles --create crio-credential-provider.conf || :
    fi
    command -v systemctl >/dev/null || return 0
    [ "$1" = upgrade ] || systemctl --no-reload --quiet preset $timer || :
    [ -d /run/systemd/system ] || return 0
    # A running timer uses its new unit file after this.
    systemctl daemon-reload || :
    if [ "$1" = first ] && systemctl --quiet is-enabled $timer; then
        systemctl start $timer || :
    fi
}

# before_removal: stops the timer, removes auth files that no pull will pick up, and warns about what would break.
before_removal() {
    warn_if_configured
    # A unit in /etc belongs to "crio-credential-provider install"; "uninstall" removes it.
    if command -v systemctl >/dev/null && [ ! -e /etc/systemd/system/$timer ]; then
        [ ! -d /run/systemd/system ] || systemctl stop $timer || :
        systemctl --no-reload --quiet disable $timer || :
    fi
    [ ! -d $auth ] || crio-credential-provider sweep || :
}

# kubelets: prints the /proc directories of the node's own kubelets. Any process can use that name, and a tenant controls
# the command lines in a container, so only processes that run as root outside of a container's PID namespace match
# (ProcessStatus.IsOfNode applies the same rule).
kubelets() {
    for process in "$root"/proc/[0-9]*; do
        name='' user='' ids=''
        # The process may exit at any time.
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

# config_flags: prints the values of the flag, in both of its forms, one per line.
config_flags() {
    kubelets | while read -r process; do
        tr '\0' '\n' <"$process/cmdline" 2>/dev/null | sed -n \
            -e 's/^--image-credential-provider-config=//p' -e '/^--image-credential-provider-config$/{n;p;}' || :
    done
}

# configured: prints the provider configs that name the program, one per line. It searches the paths in the flags of
# running kubelets and the usual directories, and replaces control characters in the names for the terminal.
configured() {
    {
        config_flags
        printf '%s\n' /etc/kubernetes /var/lib/kubelet/credential-provider
    } | sort -u | while read -r place; do
        code=0
        # Open only files and directories: opening a FIFO would block.
        if [ -f "$root$place" ]; then
            timeout 10 grep -lsE -e "$entry" -- "$root$place" || code=$?
        elif [ -d "$root$place" ]; then
            timeout 10 grep -rlsE --include='*.yaml' --include='*.yml' --include='*.json' --exclude-dir=pki \
                -e "$entry" -- "$root$place" || code=$?
        fi
        # The part that was not searched may contain a config.
        [ "$code" -ne 124 ] || printf '%s (not searched to the end)\n' "$root$place"
    done | sort -u | LC_ALL=C tr -c '\n -~' '?'
}

warn_if_configured() {
    files=$(configured)
    [ -n "$files" ] || return 0
    {
        echo "crio-credential-provider: a kubelet config still names this program:"
        printf '%s\n' "$files" | sed 's/^/  /'
        echo "Without the program, this node's kubelet will not start again. To remove it from the configuration, run"
        echo "  crio-credential-provider uninstall --restart-kubelet"
        echo "if \"crio-credential-provider install\" wrote it, or remove the entry by hand, and restart the kubelet."
        echo "If the program has already been removed, install the package again first."
    } >&2
}

# after_removal: removes everything that belongs to the program.
after_removal() {
    [ ! -d "$root/run/systemd/system" ] || systemctl daemon-reload || :
    rm -rf "$root/run/crio-credential-provider"
    # Auth files contain passwords. Recent ones may belong to a pull in progress, or to another program that uses the same
    # names.
    [ ! -d "$root$auth" ] || find "$root$auth" -maxdepth 1 -type f -mmin +1 \
        \( -name '*-????????????????????????????????????????????????????????????????.json' -o -name '.auth-*.tmp' \) -delete || :
    rmdir "$root$auth/in-use" "$root$auth" "$root/etc/crio" 2>/dev/null || :
    [ -d "$root$state" ] || return 0
    # "uninstall" removes state.json; while it exists, the changes of "install" may still be in place. The flags of a
    # stopped kubelet are not visible.
    if [ -e "$root$state/state.json" ] || [ -n "$(configured)" ]; then
        {
            echo "crio-credential-provider: kept $state with the original files that \"crio-credential-provider install\" replaced."
            echo "To restore them, install the package again, and run"
            echo "  crio-credential-provider uninstall --restart-kubelet"
            echo "If you no longer need them, delete the directory."
        } >&2
    else
        rm -rf "$root$state"
    fi
}
