# bash completion for crio-credential-provider; made by "crio-credential-provider completion bash".

_crio_credential_provider() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} path= words= flags=
    COMPREPLY=()

    # Readline cuts --flag=value into three words.
    if [[ $cur == = ]]; then
        cur=
    elif [[ $prev == = ]] && ((COMP_CWORD > 1)); then
        prev=${COMP_WORDS[COMP_CWORD-2]}
    fi

    # Commands come first.
    if ((COMP_CWORD > 1)); then
        case ${COMP_WORDS[1]} in
            explain) path=explain ;;
            doctor) path=doctor ;;
            install) path=install ;;
            uninstall) path=uninstall ;;
            status) path=status ;;
            undo) path=undo ;;
            agent) path=agent ;;
            generate) path=generate ;;
            sweep) path=sweep ;;
            completion) path=completion ;;
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
        ':--max-list-size' | \
        'explain:--namespace' | \
        'explain:-n' | \
        'explain:--service-account' | \
        'explain:--pull-secrets' | \
        'explain:--pod' | \
        'explain:--api-server' | \
        'explain:--tls-server-name' | \
        'explain:--timeout' | \
        'doctor:--kubelet-version' | \
        'doctor:--crio-version' | \
        'doctor:--namespace' | \
        'doctor:-n' | \
        'doctor:--service-account' | \
        'doctor:--api-server' | \
        'doctor:--tls-server-name' | \
        'doctor:--timeout' | \
        'install:--match-images' | \
        'install:--audience' | \
        'install:--kubelet-unit' | \
        'install:--watch-for' | \
        'install:--undo-after' | \
        'uninstall:--match-images' | \
        'uninstall:--audience' | \
        'uninstall:--kubelet-unit' | \
        'uninstall:--watch-for' | \
        'uninstall:--undo-after' | \
        'agent:--match-images' | \
        'agent:--audience' | \
        'agent:--kubelet-unit' | \
        'agent:--watch-for' | \
        'agent:--undo-after' | \
        'agent:--attempt' | \
        'agent:--listen' | \
        'agent:--check-every' | \
        'generate kubelet-config:--audience' | \
        'generate rbac:--namespace' | \
        'generate rbac:-n' | \
        'generate rbac:--service-account' | \
        'generate rbac:--secret' | \
        'generate rbac:--pull-secrets' | \
        'generate rbac:--audience' | \
        'generate systemd-drop-in:--exec-start' | \
        'generate machine-config:--pool' | \
        'generate machine-config:--namespace' | \
        'generate machine-config:-n' | \
        'generate machine-config:--exec-start' | \
        'generate machine-config:--audience')
            :
            return ;;
        ':--registries-conf-dir' | \
        ':--auth-dir' | \
        ':--kubelet-root-dir' | \
        ':--run-dir' | \
        'explain:--journal-directory' | \
        'explain:--registries-conf-dir' | \
        'explain:--auth-dir' | \
        'explain:--kubelet-root-dir' | \
        'doctor:--root' | \
        'doctor:--image-credential-provider-bin-dir' | \
        'doctor:--registries-conf-dir' | \
        'doctor:--auth-dir' | \
        'install:--bin-dir' | \
        'uninstall:--bin-dir' | \
        'agent:--bin-dir' | \
        'generate kubelet-config:--registries-conf-dir' | \
        'generate systemd-drop-in:--bin-dir' | \
        'generate machine-config:--bin-dir' | \
        'generate machine-config:--registries-conf-dir' | \
        'sweep:--auth-dir' | \
        'sweep:--run-dir' | \
        'sweep:--kubelet-root-dir')
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
        'explain:-f' | \
        'explain:--objects' | \
        'explain:--journal-file' | \
        'explain:--registries-conf' | \
        'explain:--kubelet-auth-file' | \
        'explain:--api-server-env-file' | \
        'explain:--kubeconfig' | \
        'explain:--certificate-authority' | \
        'doctor:--image-credential-provider-config' | \
        'doctor:--token-file' | \
        'doctor:--secrets' | \
        'doctor:-f' | \
        'doctor:--registries-conf' | \
        'doctor:--kubelet-auth-file' | \
        'doctor:--api-server-env-file' | \
        'doctor:--kubeconfig' | \
        'doctor:--certificate-authority' | \
        'doctor:--journal-socket' | \
        'install:--state' | \
        'install:--config' | \
        'uninstall:--state' | \
        'uninstall:--config' | \
        'agent:--state' | \
        'agent:--config' | \
        'generate kubelet-config:--token-file' | \
        'generate kubelet-config:--merge-into' | \
        'generate kubelet-config:--output' | \
        'generate kubelet-config:-o' | \
        'generate kubelet-config:--registries-conf' | \
        'generate rbac:--token-file' | \
        'generate rbac:--output' | \
        'generate rbac:-o' | \
        'generate systemd-drop-in:--config' | \
        'generate systemd-drop-in:--output' | \
        'generate systemd-drop-in:-o' | \
        'generate machine-config:--config' | \
        'generate machine-config:--token-file' | \
        'generate machine-config:--merge-into' | \
        'generate machine-config:--output' | \
        'generate machine-config:-o' | \
        'generate machine-config:--registries-conf' | \
        'generate completion:--output' | \
        'generate completion:-o' | \
        'generate man:--output' | \
        'generate man:-o' | \
        'sweep:--journal-socket' | \
        'completion:--output' | \
        'completion:-o')
            _crio_credential_provider_paths -f
            return ;;
        'doctor:--check')
            mapfile -t COMPREPLY < <(compgen -W 'CP001 CP002 CP003 CP004 CP005 CP006 CP007 CP008 CP009 CP010 CP011 CP012 CP013 CP014' -- "$cur")
            return ;;
        ':--log-level' | \
        'sweep:--log-level')
            mapfile -t COMPREPLY < <(compgen -W 'debug info warning error' -- "$cur")
            return ;;
        'doctor:--profile')
            mapfile -t COMPREPLY < <(compgen -W 'default microshift' -- "$cur")
            return ;;
        'install:--flags' | \
        'uninstall:--flags' | \
        'agent:--flags')
            mapfile -t COMPREPLY < <(compgen -W 'drop-in none' -- "$cur")
            return ;;
        'generate kubelet-config:--profile' | \
        'generate rbac:--profile' | \
        'generate systemd-drop-in:--profile')
            mapfile -t COMPREPLY < <(compgen -W 'kubeadm openshift hypershift' -- "$cur")
            return ;;
        'install:--profile' | \
        'uninstall:--profile' | \
        'agent:--profile')
            mapfile -t COMPREPLY < <(compgen -W 'kubeadm openshift' -- "$cur")
            return ;;
        'generate machine-config:--profile')
            mapfile -t COMPREPLY < <(compgen -W 'openshift hypershift' -- "$cur")
            return ;;
        'doctor:--output' | \
        'doctor:-o')
            mapfile -t COMPREPLY < <(compgen -W 'text json npd' -- "$cur")
            return ;;
        'explain:--output' | \
        'explain:-o' | \
        'install:--output' | \
        'install:-o' | \
        'uninstall:--output' | \
        'uninstall:-o' | \
        'status:--output' | \
        'status:-o' | \
        'version:--output' | \
        'version:-o')
            mapfile -t COMPREPLY < <(compgen -W 'text json' -- "$cur")
            return ;;
        ':--access-record' | \
        'explain:--access-record')
            mapfile -t COMPREPLY < <(compgen -W 'true false' -- "$cur")
            return ;;
    esac

    case $path in
        '')
            words='explain doctor install uninstall status undo agent generate sweep completion version help'
            flags='--registries-conf --registries-conf-dir --auth-dir --kubelet-auth-file --api-server --api-server-env-file --kubeconfig --certificate-authority --tls-server-name --insecure-skip-tls-verify --timeout --hand-over-timeout --kubelet-root-dir --access-record --run-dir --max-list-size --log-level --journal-socket --version --version-json --help'
            ;;
        'explain')
            words=''
            flags='--token-file --request --secrets --namespace --service-account --pull-secrets --pod --objects --journal-directory --journal-file --output --registries-conf --registries-conf-dir --auth-dir --access-record --kubelet-root-dir --kubelet-auth-file --api-server --api-server-env-file --kubeconfig --certificate-authority --tls-server-name --insecure-skip-tls-verify --timeout --help'
            ;;
        'doctor')
            words=''
            flags='--check --strict --verbose --root --profile --image-credential-provider-config --image-credential-provider-bin-dir --kubelet-version --crio-version --token-file --namespace --service-account --secrets --output --registries-conf --registries-conf-dir --auth-dir --kubelet-auth-file --api-server --api-server-env-file --kubeconfig --certificate-authority --tls-server-name --insecure-skip-tls-verify --timeout --journal-socket --help'
            ;;
        'install')
            words=''
            flags='--state --bin-dir --config --match-images --audience --profile --kubelet-unit --flags --watch-for --undo-after --restart-kubelet --plan --take-over --output --help'
            ;;
        'uninstall')
            words=''
            flags='--state --bin-dir --config --match-images --audience --profile --kubelet-unit --flags --watch-for --undo-after --restart-kubelet --plan --take-over --output --help'
            ;;
        'status')
            words=''
            flags='--output --help'
            ;;
        'undo')
            words=''
            flags='--at-boot --help'
            ;;
        'agent')
            words=''
            flags='--state --bin-dir --config --match-images --audience --profile --kubelet-unit --flags --watch-for --undo-after --restart-kubelet --take-over --attempt --listen --check-every --help'
            ;;
        'generate')
            words='kubelet-config rbac systemd-drop-in machine-config completion man'
            flags='--help'
            ;;
        'generate kubelet-config')
            words=''
            flags='--profile --audience --token-file --annotations --merge-into --output --force --registries-conf --registries-conf-dir --help'
            ;;
        'generate rbac')
            words=''
            flags='--node --namespace --service-account --secret --pull-secrets --profile --audience --token-file --output --force --help'
            ;;
        'generate systemd-drop-in')
            words=''
            flags='--profile --config --bin-dir --exec-start --output --force --help'
            ;;
        'generate machine-config')
            words=''
            flags='--profile --pool --namespace --config --bin-dir --exec-start --audience --token-file --annotations --merge-into --output --force --registries-conf --registries-conf-dir --help'
            ;;
        'generate completion')
            words='bash zsh fish'
            flags='--output --force --help'
            ;;
        'generate man')
            words=''
            flags='--output --force --help'
            ;;
        'sweep')
            words=''
            flags='--auth-dir --run-dir --kubelet-root-dir --log-level --journal-socket --help'
            ;;
        'completion')
            words='bash zsh fish'
            flags='--output --force --help'
            ;;
        'version')
            words=''
            flags='--output --help'
            ;;
        'help')
            words='explain doctor install uninstall status undo agent generate sweep completion version help'
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
