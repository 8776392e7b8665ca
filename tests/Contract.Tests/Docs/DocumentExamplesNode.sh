# Makes a node of this machine, in namespaces of its own (unshare -rmnpf), and runs a page's commands on it:
#   DocumentExamplesNode.sh FOLDER TERMINAL BINARY STAND-IN
# Records come on stdin, each ended by a NUL: "world NAME", "happens WHAT...", "run COMMAND". Commands have the terminal
# as stdin, stdout and stderr. Behind each record the terminal gets a mark, the exit code, and a mark.
#
# A world is a function world_NAME, and what can happen in it a function happens_NAME. Every path is the real one: /etc
# and /var/lib are laid over, /run and /var/log are new, the network has nothing but loopback.
set -u
folder=$1 terminal=$2 binary=$3 stand_in=$4
repository=$PWD

must() { "$@" || { echo "the node could not be made: $*" >&2; exit 1; }; }

# A bound for what never happens; a machine that is busy with other tests may take long for what does.
wait_for() { # wait_for COMMAND...: a minute at most
    local i
    for i in $(seq 600); do "$@" 2>/dev/null && return; sleep 0.1; done
    echo "not within a minute: $*" >&2
    return 1
}

make_node() {
    PATH=$PATH:/usr/sbin:/sbin
    must ip link set lo up
    must mkdir "$folder/node"
    must mount -t tmpfs tmpfs "$folder/node"
    local place name
    for place in /etc /var/lib /usr/libexec; do
        name=$folder/node/${place//\//-}
        mkdir -p "$name/upper" "$name/work"
        must mount -t overlay overlay -o "lowerdir=$place,upperdir=$name/upper,workdir=$name/work" "$place"
    done
    must mount -t tmpfs tmpfs /run
    must mount -t tmpfs tmpfs /var/log
    mkdir -p /run/systemd/journal /etc/containers /etc/kubernetes /etc/crio /var/lib/kubelet /usr/libexec/kubelet-image-credential-provider-plugins
    must mount --bind "$folder/journal" /run/systemd/journal

    # What this machine itself has there is none of the node's.
    for place in /etc/containers /etc/kubernetes /etc/crio /var/lib/kubelet; do must mount -t tmpfs -o mode=0755 tmpfs "$place"; done
    mkdir -p /etc/kubernetes/credential-providers /etc/kubernetes/pki /etc/containers/registries.conf.d
    echo '{"default":[{"type":"insecureAcceptAnything"}]}' >/etc/containers/policy.json
    must install -m 0755 "$binary" /usr/libexec/kubelet-image-credential-provider-plugins/crio-credential-provider
    mkdir "$folder/node/home"
    export HOME=$folder/node/home PATH=/usr/libexec/kubelet-image-credential-provider-plugins:$PATH TERM=dumb NO_COLOR=1 LC_ALL=C.UTF-8
    unset "${!CRIO_CP_@}"
    cd "$HOME" || exit 1
}

# The cluster, in the one audience that it takes. It listens on loopback under the name that the node knows it by.
start_api() { # start_api AUDIENCE
    echo "127.0.0.1 localhost api.example.test api-int.example.test" >/etc/hosts
    mkdir "$folder/node/api"
    coproc api { DOTNET_EnableDiagnostics=0 exec dotnet "$stand_in" --directory "$folder/node/api" --port 6443 --audience "$1"; }
    read -r -t 60 -u "${api[0]}" || { echo "the API stand-in did not start" >&2; return 1; }
    cp "$folder/node/api/ca.crt" "$folder/node/ca.crt"
}

api_is_told() { # api_is_told LINE
    local answer=""
    echo "$1" >&"${api[1]}"
    read -r -t 60 -u "${api[0]}" answer
    [ "$answer" = ok ] || { echo "the API did not take: $1" >&2; return 1; }
}

secret() { # secret NAMESPACE NAME REGISTRY USER PASSWORD: as kubectl create secret docker-registry makes it
    local config
    config=$(jq -cn --arg r "$3" --arg u "$4" --arg p "$5" '{auths: {($r): {username: $u, password: $p, auth: ("\($u):\($p)" | @base64)}}}')
    api_is_told "secret $(jq -cn --arg n "$2" --arg ns "$1" --arg c "$config" '{kind: "Secret", apiVersion: "v1",
        metadata: {name: $n, namespace: $ns}, data: {".dockerconfigjson": ($c | @base64)}, type: "kubernetes.io/dockerconfigjson"}')"
}

kubelet_conf() { # kubelet_conf FILE SERVER
    cat >"$1" <<EOF
apiVersion: v1
kind: Config
clusters:
- name: default-cluster
  cluster:
    server: $2
    certificate-authority-data: $(base64 -w0 "$folder/node/ca.crt")
contexts:
- name: default-context
  context: {cluster: default-cluster, namespace: default, user: default-auth}
current-context: default-context
users:
- name: default-auth
  user: {client-certificate: /var/lib/kubelet/pki/kubelet-client-current.pem, client-key: /var/lib/kubelet/pki/kubelet-client-current.pem}
EOF
}

# A private mirror at localhost:5000 with library/nginx:latest in it.
start_registry() {
    mkdir -p /var/lib/registry
    htpasswd -Bbn myuser mypassword 2>/dev/null >/var/lib/registry/htpasswd
    cat >"$folder/node/registry.yml" <<EOF
version: 0.1
log: {level: info, formatter: text}
storage: {filesystem: {rootdirectory: /var/lib/registry}}
auth: {htpasswd: {realm: Registry Realm, path: /var/lib/registry/htpasswd}}
http: {addr: "127.0.0.1:5000"}
EOF
    docker-registry serve "$folder/node/registry.yml" >/var/log/registry.log 2>&1 &
    wait_for port_answers 5000 || return 1
    image_in_registry
    : >/var/log/registry.log
}

port_answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1"); }

image_in_registry() {
    "$repository/scripts/make-image" "$folder/node/image"
    skopeo --insecure-policy copy -q --dest-tls-verify=false --dest-creds myuser:mypassword \
        "oci:$folder/node/image:latest" docker://localhost:5000/library/nginx:latest
}

# Two tokens of a service account: token, as kubectl create token makes it, and the pod's own in the kubelet's request.
tokens() { # tokens NAMESPACE SERVICE-ACCOUNT [AUDIENCE]
    api_is_told "unbound-token $HOME/token $*" && api_is_told "token $folder/node/pod-token $*" &&
        request request.json "$folder/node/pod-token"
}

request() { # request FILE TOKEN-FILE: what the kubelet sends for docker.io/library/nginx
    jq -cn --rawfile token "$2" '{kind: "CredentialProviderRequest", apiVersion: "credentialprovider.kubelet.k8s.io/v1",
        image: "docker.io/library/nginx", serviceAccountToken: $token}' >"$1"
}

# Stands for a daemon in /proc: its name, its command line, when it started, and what it prints as its version.
start_daemon() { # start_daemon NAME VERSION ARGUMENT...
    local file=/usr/libexec/daemons/$1 version=$2
    mkdir -p /usr/libexec/daemons
    printf '#!/bin/bash\n[ "$1" = --version ] && exec echo "%s"\nwhile :; do sleep 1000; done\n' "$version" >"$file"
    chmod 0755 "$file"
    "$file" "${@:3}" &
    daemons[$1]=$!

    # Until the child has executed the file, it has the name and the command line of this script.
    wait_for is_named $! "$1"
}

is_named() { # is_named PROCESS NAME
    [ "$(cat "/proc/$1/comm")" = "$2" ] && [ -n "$(tr -d "\0" <"/proc/$1/cmdline")" ]
}

# By KILL: bash has handlers of its own beside a coproc, and a TERM that meets its child before the exec is lost there.
stop_daemon() { kill -KILL "${daemons[$1]}" && wait "${daemons[$1]}" 2>/dev/null; true; }

declare -A daemons

readonly kubelet_flags=(
    --kubeconfig=/etc/kubernetes/kubelet.conf
    --image-credential-provider-config=/etc/kubernetes/credential-providers/config.yaml
    --image-credential-provider-bin-dir=/usr/libexec/kubelet-image-credential-provider-plugins)

readonly kubeadm=https://kubernetes.default.svc.cluster.local openshift=https://kubernetes.default.svc

# A worker of a kubeadm cluster with the article's mirror, secret and Role. In the home folder: the token of default's
# pods, and the kubelet's request with it.
world_node() {
    start_api $kubeadm || return 1
    kubelet_conf /etc/kubernetes/kubelet.conf https://api.example.test:6443
    cp "$folder/node/ca.crt" /etc/kubernetes/pki/ca.crt
    cp "$repository/deploy/examples/registries.conf" /etc/containers/registries.conf
    cp "$repository/deploy/examples/credential-provider-config.yaml" /etc/kubernetes/credential-providers/config.yaml
    secret default my-secret localhost:5000 myuser mypassword
    api_is_told "role default default"
    tokens default default
    cp "$binary" crio-credential-provider
    mkdir -p -m 0755 /etc/crio/auth
    # A kubelet that was started after the last change.
    find /etc/kubernetes /usr/libexec/kubelet-image-credential-provider-plugins -exec touch -d '1 hour ago' {} +
    start_daemon crio "crio version 1.36.3"
    start_daemon kubelet "Kubernetes v1.36.2" "${kubelet_flags[@]}"
    PATH=$PATH:/usr/libexec/daemons
}

# The same with the mirror itself.
world_mirror() {
    world_node && start_registry
}

# A node of an OpenShift cluster, with the requests of two namespaces; team-b has no Role.
world_openshift() {
    start_api $openshift || return 1
    kubelet_conf /etc/kubernetes/kubeconfig https://api-int.example.test:6443
    printf "KUBERNETES_SERVICE_HOST='api-int.example.test'\nKUBERNETES_SERVICE_PORT='6443'\n" >/etc/kubernetes/apiserver-url.env
    cp "$repository/deploy/examples/registries.conf" /etc/containers/registries.conf
    secret team-a my-secret localhost:5000 myuser mypassword
    api_is_told "role team-a default"
    tokens team-b default
    mv request.json request-team-b.json
    tokens team-a default
}

# A node of a kubeadm cluster whose kubelet passes the annotation that names secrets.
world_named() {
    world_node || return 1
    secret team-a mirror localhost:5000 myuser mypassword
    secret team-a hub https://index.docker.io/v1/ myuser mypassword
    api_is_told "role team-a puller mirror"
    api_is_told "role team-a puller hub"
    tokens team-a puller
    jq -c '.serviceAccountAnnotations = {"crio-credential-provider/pull-secrets": "mirror,hub"}' request.json >annotated.json
    mv annotated.json request.json
}

# What the pictures of the README show: two mirrors, of which matchImages covers one, a key that fits and one that nearly
# does.
world_picture() {
    world_node || return 1
    cat >>/etc/containers/registries.conf <<EOF

[[registry]]
location = "quay.io"

[[registry.mirror]]
location = "mirror.example.com:5000/quay"
EOF
    touch -d '1 hour ago' /etc/containers/registries.conf
    secret team-a mirror mirror.example.com:5000 puller made-up-password
    secret team-a old mirror.example.com puller made-up-password
    api_is_told "role team-a default"
    tokens team-a default
}

# A machine with kubectl, of somebody who has the role "edit" in namespace team-a, where pod app-1 cannot pull its image.
world_team() {
    local image=docker.io/team/app:1.2
    start_api $kubeadm || return 1
    secret team-a mirror mirror.example.com:5000 team-a made-up-password
    secret team-a old mirror.example.com team-a made-up-password
    api_is_told "service-account team-a default mirror"
    api_is_told "pod $(jq -cn --arg image "$image" '{kind: "Pod", apiVersion: "v1", metadata: {name: "app-1", namespace: "team-a"},
        spec: {nodeName: "worker-1", serviceAccountName: "default", imagePullSecrets: [{name: "mirror"}], containers: [{name: "app", image: $image}]},
        status: {containerStatuses: [{name: "app", image: $image, state: {waiting: {reason: "ImagePullBackOff", message: "Back-off pulling image \"\($image)\""}}}]}}')"
    event Pulling "Pulling image \"$image\""
    event Failed "Failed to pull image \"$image\": (Mirrors also failed: [mirror.example.com:5000/team/app:1.2: reading manifest 1.2 in mirror.example.com:5000/team/app: authentication required]): docker.io/team/app:1.2: reading manifest 1.2 in docker.io/team/app: requested access to the resource is denied"
    api_is_told "editor $folder/node/editor team-a developer"
    mkdir .kube
    cat >.kube/config <<EOF
apiVersion: v1
kind: Config
clusters: [{name: cluster, cluster: {server: "https://api.example.test:6443", tls-server-name: kubernetes, certificate-authority-data: $(base64 -w0 "$folder/node/ca.crt")}}]
contexts: [{name: team-a, context: {cluster: cluster, user: developer}}]
current-context: team-a
users: [{name: developer, user: {token: $(cat "$folder/node/editor")}}]
EOF
}

event() { # event REASON MESSAGE: about pod app-1
    api_is_told "event $(jq -cn --arg reason "$1" --arg message "$2" '{kind: "Event", apiVersion: "v1",
        metadata: {name: "app-1.\($reason)", namespace: "team-a"}, involvedObject: {kind: "Pod", name: "app-1", namespace: "team-a"},
        type: "Warning", reason: $reason, message: $message, lastTimestamp: "2026-11-29T12:00:00Z"}')"
}

happens_account-may-list() { api_is_told "role team-a default"; }

# Before anything is installed: a mirror can be started, and a cluster be asked.
world_fresh() {
    world_node || return 1
    stop_daemon kubelet
    start_daemon kubelet "Kubernetes v1.36.2" "${kubelet_flags[0]}"
    rm -rf /etc/containers/registries.conf /etc/kubernetes/credential-providers /usr/libexec/kubelet-image-credential-provider-plugins request.json crio-credential-provider
    install -D -m 0755 "$binary" build/crio-credential-provider
    cp -r "$repository/deploy" .
}

happens_registry-has-password() { # happens_registry-has-password PASSWORD
    htpasswd -Bbn myuser "$1" 2>/dev/null >/var/lib/registry/htpasswd
    # The registry looks at the file's time, in seconds.
    touch -d '1 minute' /var/lib/registry/htpasswd
}

happens_secret-has-password() { # happens_secret-has-password PASSWORD
    secret default my-secret localhost:5000 myuser "$1"
}

# The request is made with another token: for another audience, or of another namespace.
happens_token-for() { # happens_token-for AUDIENCE
    tokens default default "$1"
}

happens_token-of() { # happens_token-of NAMESPACE
    tokens "$1" default
}

happens_kubelet-has-a-typo() {
    stop_daemon kubelet
    start_daemon kubelet "Kubernetes v1.36.2" "${kubelet_flags[@]/credential-providers\/config/credential-provider/config}"
}

happens_kubelet-is-restarted() {
    # doctor doubts a restart in the second of the change, and no person is that quick.
    find /etc/kubernetes /usr/libexec/kubelet-image-credential-provider-plugins -exec touch -d '1 minute ago' {} +
    # File times and start times have a resolution of a second.
    sleep 2.1
    stop_daemon kubelet
    start_daemon kubelet "Kubernetes v1.36.2" "${kubelet_flags[@]}"
}

happens_config-is-edited() {
    touch -d '5 seconds' /etc/kubernetes/credential-providers/config.yaml
}

happens_config-is-as-delivered() {
    cp "$repository/deploy/examples/credential-provider-config.yaml" /etc/kubernetes/credential-providers/config.yaml
    touch -d '1 hour ago' /etc/kubernetes/credential-providers/config.yaml
}

happens_secret-is-for() { # happens_secret-is-for REGISTRY
    secret default my-secret "$1" myuser mypassword
}

happens_second-secret() { secret default other-secret localhost:5000 otheruser otherpassword; }

# The node's kubeconfig holds the CA of another cluster, until the next such call.
happens_authority-is-another() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=kubernetes -days 2 \
        -keyout /dev/null -out "$folder/node/ca.crt" 2>/dev/null
    kubelet_conf /etc/kubernetes/kubelet.conf https://api.example.test:6443
}

happens_authority-is-right() {
    cp "$folder/node/api/ca.crt" "$folder/node/ca.crt"
    kubelet_conf /etc/kubernetes/kubelet.conf https://api.example.test:6443
}

happens_image-is-pushed() { image_in_registry; }

# The kubelet asks for docker.io/library/nginx in the name of a pod.
happens_kubelet-asks() { # happens_kubelet-asks [REQUEST-FILE]
    env -i /usr/libexec/kubelet-image-credential-provider-plugins/crio-credential-provider <"${1:-request.json}" >/dev/null 2>&1
}

# As it looks when CRI-O looks elsewhere: a file lies there for hours.
happens_file-is-left() {
    happens_kubelet-asks && touch -d '3 hours ago' /etc/crio/auth/default-*.json
}

# From now on CRI-O takes each file, and its pulls end at once.
happens_crio-takes-files() {
    mkdir -p -m 0700 /etc/crio/auth/in-use
    while sleep 0.05; do
        mv /etc/crio/auth/default-*.json /etc/crio/auth/in-use/ 2>/dev/null && rm -f /etc/crio/auth/in-use/*.json
    done >/dev/null 2>&1 &
}

# Then CRI-O takes the file and pulls with it (server/image_pull.go prepareTempAuthFile), by the same image library.
happens_pod-is-created() {
    happens_kubelet-asks "$@" || return 1
    local file in_use=/etc/crio/auth/in-use
    file=$(echo /etc/crio/auth/*-7e59ad64326bc321517fb6fc6586de5ee149178394d9edfa2a877176cdf6fad5.json)
    mkdir -p -m 0700 $in_use
    mv "$file" $in_use/pull.json && rm -rf "$folder/node/pulled" &&
        skopeo copy -q --authfile $in_use/pull.json docker://docker.io/library/nginx:latest "dir:$folder/node/pulled" &&
        rm $in_use/pull.json
}

make_node
while IFS= read -r -d '' record; do
    word=${record%% *} rest=${record#* }
    case $word in
        world) "world_$rest" >"$terminal" 2>&1 && status=0 || status=$? ;;
        happens) read -r -a words <<<"$rest"; "happens_${words[0]}" "${words[@]:1}" >"$terminal" 2>&1 && status=0 || status=$? ;;
        run) (exit "${last:-0}"); eval "$rest" <"$terminal" >"$terminal" 2>&1; status=$? last=$status ;;
    esac
    printf '\036%s\036' "$status" >"$terminal"
done
