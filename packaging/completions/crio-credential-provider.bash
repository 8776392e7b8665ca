# bash completion for crio-credential-provider; made by "crio-credential-provider generate completion bash".

_crio_credential_provider() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} path= words= flags=
    COMPREPLY=()

    # Readline cuts --flag=value into three words.
    if [[ $cur == = ]]; then
        cur=
    elif [[ $prev == = ]] && ((COMP_CWORD > 1)); then
        prev=${COMP_WORDS[COMP_CWORD-2]}
    fi

    # Commands stand first.
    if ((COMP_CWORD > 1)); then
        case ${COMP_WORDS[1]} in
            explain) path=explain ;;
            doctor) path=doctor ;;
            generate) path=generate ;;
            version) path=version ;;
            help) path=help ;;
        esac
    fi
    if ((COMP_CWORD > 2)); then
        case "$path ${COMP_WORDS[2]}" in
            'generate kubelet-config' | 'generate rbac' | 'generate systemd-drop-in' | 'generate machine-config' | 'generate completion' | 'generate man') path="$path ${COMP_WORDS[2]}" ;;
        esac
    fi

    # The value of a flag.
    case "$path:$prev" in
        ':--api-server' | \
        ':--tls-server-name' | \
        ':--timeout' | \
        ':--hand-over-timeout' | \
        'explain:--namespace' | \
        'explain:--pull-secrets' | \
        'explain:--api-server' | \
        'explain:--tls-server-name' | \
        'explain:--timeout' | \
        'doctor:--kubelet-version' | \
        'doctor:--crio-version' | \
        'doctor:--namespace' | \
        'doctor:--service-account' | \
        'doctor:--api-server' | \
        'doctor:--tls-server-name' | \
        'doctor:--timeout' | \
        'generate kubelet-config:--audience' | \
        'generate rbac:--namespace' | \
        'generate rbac:--service-account' | \
        'generate rbac:--secret' | \
        'generate rbac:--audience' | \
        'generate systemd-drop-in:--exec-start' | \
        'generate machine-config:--pool' | \
        'generate machine-config:--exec-start' | \
        'generate machine-config:--audience')
            :
            return ;;
        ':--registries-conf-dir' | \
        ':--auth-dir' | \
        'explain:--registries-conf-dir' | \
        'explain:--auth-dir' | \
        'doctor:--root' | \
        'doctor:--image-credential-provider-bin-dir' | \
        'doctor:--registries-conf-dir' | \
        'doctor:--auth-dir' | \
        'generate kubelet-config:--registries-conf-dir' | \
        'generate systemd-drop-in:--bin-dir' | \
        'generate machine-config:--bin-dir' | \
        'generate machine-config:--registries-conf-dir')
            _crio_credential_provider_paths -d
            return ;;
        ':--registries-conf' | \
        ':--kubelet-auth-file' | \
        ':--api-server-env-file' | \
        ':--kubeconfig' | \
        ':--certificate-authority' | \
        ':--journal-socket' | \
        'explain:--token-file' | \
        'explain:--request' | \
        'explain:--secrets' | \
        'explain:--registries-conf' | \
        'explain:--kubelet-auth-file' | \
        'explain:--api-server-env-file' | \
        'explain:--kubeconfig' | \
        'explain:--certificate-authority' | \
        'doctor:--image-credential-provider-config' | \
        'doctor:--token-file' | \
        'doctor:--secrets' | \
        'doctor:--registries-conf' | \
        'doctor:--kubelet-auth-file' | \
        'doctor:--api-server-env-file' | \
        'doctor:--kubeconfig' | \
        'doctor:--certificate-authority' | \
        'doctor:--journal-socket' | \
        'generate kubelet-config:--token-file' | \
        'generate kubelet-config:--merge-into' | \
        'generate kubelet-config:--registries-conf' | \
        'generate rbac:--token-file' | \
        'generate systemd-drop-in:--config' | \
        'generate machine-config:--config' | \
        'generate machine-config:--token-file' | \
        'generate machine-config:--merge-into' | \
        'generate machine-config:--registries-conf')
            _crio_credential_provider_paths -f
            return ;;
        'doctor:--check')
            mapfile -t COMPREPLY < <(compgen -W 'CP001 CP002 CP003 CP004 CP005 CP006 CP007 CP008 CP009 CP010 CP011 CP012 CP013 CP014' -- "$cur")
            return ;;
        ':--log-level')
            mapfile -t COMPREPLY < <(compgen -W 'debug info warning error' -- "$cur")
            return ;;
        'generate kubelet-config:--profile' | \
        'generate rbac:--profile' | \
        'generate systemd-drop-in:--profile')
            mapfile -t COMPREPLY < <(compgen -W 'kubeadm openshift' -- "$cur")
            return ;;
        'explain:--output' | \
        'doctor:--output' | \
        'version:--output')
            mapfile -t COMPREPLY < <(compgen -W 'text json' -- "$cur")
            return ;;
    esac

    case $path in
        '')
            words='explain doctor generate version help'
            flags='--registries-conf --registries-conf-dir --auth-dir --kubelet-auth-file --api-server --api-server-env-file --kubeconfig --certificate-authority --tls-server-name --insecure-skip-tls-verify --timeout --hand-over-timeout --log-level --journal-socket --version --version-json --help'
            ;;
        'explain')
            words=''
            flags='--token-file --request --secrets --namespace --pull-secrets --output --registries-conf --registries-conf-dir --auth-dir --kubelet-auth-file --api-server --api-server-env-file --kubeconfig --certificate-authority --tls-server-name --insecure-skip-tls-verify --timeout --help'
            ;;
        'doctor')
            words=''
            flags='--check --strict --root --image-credential-provider-config --image-credential-provider-bin-dir --kubelet-version --crio-version --token-file --namespace --service-account --secrets --output --registries-conf --registries-conf-dir --auth-dir --kubelet-auth-file --api-server --api-server-env-file --kubeconfig --certificate-authority --tls-server-name --insecure-skip-tls-verify --timeout --journal-socket --help'
            ;;
        'generate')
            words='kubelet-config rbac systemd-drop-in machine-config completion man'
            flags='--help'
            ;;
        'generate kubelet-config')
            words=''
            flags='--profile --audience --token-file --annotations --merge-into --registries-conf --registries-conf-dir --help'
            ;;
        'generate rbac')
            words=''
            flags='--node --namespace --service-account --secret --profile --audience --token-file --help'
            ;;
        'generate systemd-drop-in')
            words=''
            flags='--profile --config --bin-dir --exec-start --help'
            ;;
        'generate machine-config')
            words=''
            flags='--pool --config --bin-dir --exec-start --audience --token-file --annotations --merge-into --registries-conf --registries-conf-dir --help'
            ;;
        'generate completion')
            words='bash zsh fish'
            flags='--help'
            ;;
        'generate man')
            words=''
            flags='--help'
            ;;
        'version')
            words=''
            flags='--output --help'
            ;;
        'help')
            words='explain doctor generate version help'
            flags='--help'
            ;;
    esac
    if [[ $cur == -* ]]; then
        words=$flags
    fi
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}

# Files (-f) or directories (-d), which readline quotes where they need it.
_crio_credential_provider_paths() {
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen "$1" -- "$cur")
}

complete -F _crio_credential_provider crio-credential-provider
