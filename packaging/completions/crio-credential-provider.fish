# fish completion for crio-credential-provider; made by "crio-credential-provider generate completion fish".

# Whether the words in front of the cursor begin with exactly these commands: PATH, then the commands that may follow it.
function __crio_credential_provider_at
    set -l words (commandline -opc)[2..-1]
    set -l path (string split -n ' ' -- $argv[1])
    test (count $words) -ge (count $path); or return 1
    for i in (seq (count $path))
        test "$words[$i]" = "$path[$i]"; or return 1
    end
    set -l next (math (count $path) + 1)
    if test (count $words) -ge $next
        not contains -- $words[$next] $argv[2..-1]
    end
end

complete -c crio-credential-provider -f

complete -c crio-credential-provider -n "__crio_credential_provider_at '' explain doctor generate version help" -a explain -d 'tell what a pull of an image would get, and why'
complete -c crio-credential-provider -n "__crio_credential_provider_at '' explain doctor generate version help" -a doctor -d 'check this node, and say what to fix'
complete -c crio-credential-provider -n "__crio_credential_provider_at '' explain doctor generate version help" -a generate -d 'print configuration, RBAC, completions or the man page'
complete -c crio-credential-provider -n "__crio_credential_provider_at '' explain doctor generate version help" -a version -d 'print version and build facts'
complete -c crio-credential-provider -n "__crio_credential_provider_at '' explain doctor generate version help" -a help -d 'print help for a command'
complete -c crio-credential-provider -n "__crio_credential_provider_at '' explain doctor generate version help" -l registries-conf -r -F -d 'the main registries.conf'
complete -c crio-credential-provider -n "__crio_credential_provider_at '' explain doctor generate version help" -l registries-conf-dir -x -a '(__fish_complete_directories)' -d 'the directory of drop-in registries.conf files'
complete -c crio-credential-provider -n "__crio_credential_provider_at '' explain doctor generate version help" -l auth-dir -x -a '(__fish_complete_directories)' -d 'where CRI-O looks for auth files (its namespaced_auth_dir)'
complete -c crio-credential-provider -n "__crio_credential_provider_at '' explain doctor generate version help" -l kubelet-auth-file -r -F -d 'the node\'s own registry credentials, merged in'
complete -c crio-credential-provider -n "__crio_credential_provider_at '' explain doctor generate version help" -l api-server -x -d 'the Kubernetes API server'
complete -c crio-credential-provider -n "__crio_credential_provider_at '' explain doctor generate version help" -l api-server-env-file -r -F -d 'names the API server on OpenShift'
complete -c crio-credential-provider -n "__crio_credential_provider_at '' explain doctor generate version help" -l kubeconfig -r -F -d 'for the API server\'s address and CA, never for its credentials'
complete -c crio-credential-provider -n "__crio_credential_provider_at '' explain doctor generate version help" -l certificate-authority -r -F -d 'the CA that signed the API server\'s certificate'
complete -c crio-credential-provider -n "__crio_credential_provider_at '' explain doctor generate version help" -l tls-server-name -x -d 'the name that the API server\'s certificate must have'
complete -c crio-credential-provider -n "__crio_credential_provider_at '' explain doctor generate version help" -l insecure-skip-tls-verify -d 'do not verify the API server\'s certificate: gives tokens to anybody'
complete -c crio-credential-provider -n "__crio_credential_provider_at '' explain doctor generate version help" -l timeout -x -d 'for all talk with the API server together'
complete -c crio-credential-provider -n "__crio_credential_provider_at '' explain doctor generate version help" -l hand-over-timeout -x -d 'the age up to which an untaken auth file is waited for, 0s is off'
complete -c crio-credential-provider -n "__crio_credential_provider_at '' explain doctor generate version help" -l log-level -x -a 'debug info warning error' -d 'debug, info, warning or error'
complete -c crio-credential-provider -n "__crio_credential_provider_at '' explain doctor generate version help" -l journal-socket -r -F -d 'journald\'s socket for the native protocol'
complete -c crio-credential-provider -n "__crio_credential_provider_at '' explain doctor generate version help" -l version -d 'print the version and end'
complete -c crio-credential-provider -n "__crio_credential_provider_at '' explain doctor generate version help" -l version-json -d 'print the version as JSON and end'
complete -c crio-credential-provider -n "__crio_credential_provider_at '' explain doctor generate version help" -l help -d 'print help and end'

complete -c crio-credential-provider -n "__crio_credential_provider_at 'explain'" -l token-file -r -F -d 'ask the API with this service account token, as the kubelet\'s run does'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'explain'" -l request -r -F -d 'replay a request of the kubelet\'s; it names the image, so leave out IMAGE'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'explain'" -l secrets -r -F -d 'take Secrets from manifests, YAML or JSON, without the API; may stand more than once'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'explain'" -l namespace -x -d 'with --secrets: the pod\'s namespace'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'explain'" -l pull-secrets -x -d 'with --token-file: the service account\'s annotation crio-credential-provider/pull-secrets'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'explain'" -l output -x -a 'text json' -d 'text for people, JSON for programs'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'explain'" -l registries-conf -r -F -d 'the main registries.conf'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'explain'" -l registries-conf-dir -x -a '(__fish_complete_directories)' -d 'the directory of drop-in registries.conf files'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'explain'" -l auth-dir -x -a '(__fish_complete_directories)' -d 'where CRI-O looks for auth files (its namespaced_auth_dir)'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'explain'" -l kubelet-auth-file -r -F -d 'the node\'s own registry credentials, merged in'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'explain'" -l api-server -x -d 'the Kubernetes API server'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'explain'" -l api-server-env-file -r -F -d 'names the API server on OpenShift'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'explain'" -l kubeconfig -r -F -d 'for the API server\'s address and CA, never for its credentials'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'explain'" -l certificate-authority -r -F -d 'the CA that signed the API server\'s certificate'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'explain'" -l tls-server-name -x -d 'the name that the API server\'s certificate must have'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'explain'" -l insecure-skip-tls-verify -d 'do not verify the API server\'s certificate: gives tokens to anybody'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'explain'" -l timeout -x -d 'for all talk with the API server together'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'explain'" -l help -d 'print help and end'

complete -c crio-credential-provider -n "__crio_credential_provider_at 'doctor'" -l check -x -a 'CP001 CP002 CP003 CP004 CP005 CP006 CP007 CP008 CP009 CP010 CP011 CP012 CP013 CP014' -d 'run this check only, such as CP004; may be repeated'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'doctor'" -l strict -d 'a warning is a finding too: exit code 1'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'doctor'" -l root -x -a '(__fish_complete_directories)' -d 'look at the node whose root lies there, such as /host in a pod'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'doctor'" -l image-credential-provider-config -r -F -d 'the kubelet\'s credential provider config, a file or a directory of files'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'doctor'" -l image-credential-provider-bin-dir -x -a '(__fish_complete_directories)' -d 'the kubelet\'s directory of credential provider binaries'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'doctor'" -l kubelet-version -x -d 'what kubelet --version prints, such as v1.34.1'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'doctor'" -l crio-version -x -d 'what crio --version prints, such as 1.34.3'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'doctor'" -l token-file -r -F -d 'a service account\'s token on this machine, - for stdin: for CP010, CP011 and CP012'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'doctor'" -l namespace -x -d 'the namespace of the pods, for CP011 and CP012'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'doctor'" -l service-account -x -d 'the service account of the pods, for CP011'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'doctor'" -l secrets -r -F -d 'manifests of Secrets on this machine, for CP012; may be repeated'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'doctor'" -l output -x -a 'text json' -d 'text for people, JSON for programs'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'doctor'" -l registries-conf -r -F -d 'the main registries.conf'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'doctor'" -l registries-conf-dir -x -a '(__fish_complete_directories)' -d 'the directory of drop-in registries.conf files'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'doctor'" -l auth-dir -x -a '(__fish_complete_directories)' -d 'where CRI-O looks for auth files (its namespaced_auth_dir)'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'doctor'" -l kubelet-auth-file -r -F -d 'the node\'s own registry credentials, merged in'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'doctor'" -l api-server -x -d 'the Kubernetes API server'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'doctor'" -l api-server-env-file -r -F -d 'names the API server on OpenShift'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'doctor'" -l kubeconfig -r -F -d 'for the API server\'s address and CA, never for its credentials'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'doctor'" -l certificate-authority -r -F -d 'the CA that signed the API server\'s certificate'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'doctor'" -l tls-server-name -x -d 'the name that the API server\'s certificate must have'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'doctor'" -l insecure-skip-tls-verify -d 'do not verify the API server\'s certificate: gives tokens to anybody'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'doctor'" -l timeout -x -d 'for all talk with the API server together'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'doctor'" -l journal-socket -r -F -d 'journald\'s socket for the native protocol'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'doctor'" -l help -d 'print help and end'

complete -c crio-credential-provider -n "__crio_credential_provider_at 'generate' kubelet-config rbac systemd-drop-in machine-config completion man" -a kubelet-config -d 'the kubelet\'s credential provider config'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'generate' kubelet-config rbac systemd-drop-in machine-config completion man" -a rbac -d 'ClusterRole for the nodes, Role for a namespace'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'generate' kubelet-config rbac systemd-drop-in machine-config completion man" -a systemd-drop-in -d 'the kubelet\'s flags, as a drop-in of its unit'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'generate' kubelet-config rbac systemd-drop-in machine-config completion man" -a machine-config -d 'provider config and flags for OpenShift nodes'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'generate' kubelet-config rbac systemd-drop-in machine-config completion man" -a completion -d 'completions for a shell'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'generate' kubelet-config rbac systemd-drop-in machine-config completion man" -a man -d 'the man page, in roff'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'generate' kubelet-config rbac systemd-drop-in machine-config completion man" -l help -d 'print help and end'

complete -c crio-credential-provider -n "__crio_credential_provider_at 'generate kubelet-config'" -l profile -x -a 'kubeadm openshift' -d 'the kind of cluster'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'generate kubelet-config'" -l audience -x -d 'what the API server takes as audience of the pods\' tokens'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'generate kubelet-config'" -l token-file -r -F -d 'a service account token of the cluster, which names its issuer; - is stdin'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'generate kubelet-config'" -l annotations -d 'let the kubelet pass the annotation by which a service account names its secrets'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'generate kubelet-config'" -l merge-into -r -F -d 'keep the other providers of this config; - is stdin'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'generate kubelet-config'" -l registries-conf -r -F -d 'the main registries.conf'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'generate kubelet-config'" -l registries-conf-dir -x -a '(__fish_complete_directories)' -d 'the directory of drop-in registries.conf files'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'generate kubelet-config'" -l help -d 'print help and end'

complete -c crio-credential-provider -n "__crio_credential_provider_at 'generate rbac'" -l node -d 'let the nodes ask for tokens of this one audience'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'generate rbac'" -l namespace -x -d 'let a service account of this namespace read its secrets'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'generate rbac'" -l service-account -x -d 'the service account of the pods'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'generate rbac'" -l secret -x -d 'only this secret; may stand more than once'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'generate rbac'" -l profile -x -a 'kubeadm openshift' -d 'the kind of cluster'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'generate rbac'" -l audience -x -d 'what the API server takes as audience of the pods\' tokens'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'generate rbac'" -l token-file -r -F -d 'a service account token of the cluster, which names its issuer; - is stdin'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'generate rbac'" -l help -d 'print help and end'

complete -c crio-credential-provider -n "__crio_credential_provider_at 'generate systemd-drop-in'" -l profile -x -a 'kubeadm openshift' -d 'the kind of cluster'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'generate systemd-drop-in'" -l config -r -F -d 'where the provider config lies on the node'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'generate systemd-drop-in'" -l bin-dir -x -a '(__fish_complete_directories)' -d 'where the binary lies on the node'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'generate systemd-drop-in'" -l exec-start -x -d 'the kubelet\'s own ExecStart line (systemctl cat kubelet)'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'generate systemd-drop-in'" -l help -d 'print help and end'

complete -c crio-credential-provider -n "__crio_credential_provider_at 'generate machine-config'" -l pool -x -d 'the machine config pool'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'generate machine-config'" -l config -r -F -d 'where the provider config lies on the node'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'generate machine-config'" -l bin-dir -x -a '(__fish_complete_directories)' -d 'where the binary lies on the node'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'generate machine-config'" -l exec-start -x -d 'the kubelet\'s own ExecStart line (systemctl cat kubelet)'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'generate machine-config'" -l audience -x -d 'what the API server takes as audience of the pods\' tokens'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'generate machine-config'" -l token-file -r -F -d 'a service account token of the cluster, which names its issuer; - is stdin'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'generate machine-config'" -l annotations -d 'let the kubelet pass the annotation by which a service account names its secrets'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'generate machine-config'" -l merge-into -r -F -d 'keep the other providers of this config; - is stdin'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'generate machine-config'" -l registries-conf -r -F -d 'the main registries.conf'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'generate machine-config'" -l registries-conf-dir -x -a '(__fish_complete_directories)' -d 'the directory of drop-in registries.conf files'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'generate machine-config'" -l help -d 'print help and end'

complete -c crio-credential-provider -n "__crio_credential_provider_at 'generate completion'" -a bash -d 'bash, zsh or fish'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'generate completion'" -a zsh -d 'bash, zsh or fish'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'generate completion'" -a fish -d 'bash, zsh or fish'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'generate completion'" -l help -d 'print help and end'

complete -c crio-credential-provider -n "__crio_credential_provider_at 'generate man'" -l help -d 'print help and end'

complete -c crio-credential-provider -n "__crio_credential_provider_at 'version'" -l output -x -a 'text json' -d 'text for people, JSON for programs'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'version'" -l help -d 'print help and end'

complete -c crio-credential-provider -n "__crio_credential_provider_at 'help'" -a explain -d 'tell what a pull of an image would get, and why'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'help'" -a doctor -d 'check this node, and say what to fix'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'help'" -a generate -d 'print configuration, RBAC, completions or the man page'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'help'" -a version -d 'print version and build facts'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'help'" -a help -d 'print help for a command'
complete -c crio-credential-provider -n "__crio_credential_provider_at 'help'" -l help -d 'print help and end'
