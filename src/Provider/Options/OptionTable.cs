// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Journal;

namespace CrioCredentialProvider.Options;

/// <summary>Every option, defined once: parsing, help and the reference page use this table.</summary>
internal static class OptionTable
{
    /// <summary>The kubelet kills a run after a minute. A longer timeout would let the run die before it can report its
    /// failure.</summary>
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromSeconds(50);

    public static readonly SettingOption[] Options =
    [
        new("registries-conf", "FILE", "CRI-O's search", "the main registries.conf", (s, v) =>
            Path(v, p => s.RegistriesConf = p)
        ),
        new(
            "registries-conf-dir",
            "DIR",
            "CRI-O's drop-in directories",
            "the directory of drop-in registries.conf files",
            (s, v) => Path(v, p => s.RegistriesConfDir = p)
        ),
        new("auth-dir", "DIR", "/etc/crio/auth", "where CRI-O looks for auth files (its namespaced_auth_dir)", (s, v) =>
            Path(v, p => s.AuthDir = p)
        ),
        new(
            "kubelet-auth-file",
            "FILE",
            "/var/lib/kubelet/config.json",
            "the node's own registry credentials, merged in",
            (s, v) => Path(v, p => s.KubeletAuthFile = p)
        ),
        new(
            "api-server",
            "HOST[:PORT]|URL",
            "from the next two, else localhost:6443",
            "the Kubernetes API server",
            (s, v) => Text(v, t => s.ApiServer = t)
        ),
        new(
            "api-server-env-file",
            "FILE",
            "/etc/kubernetes/apiserver-url.env",
            "names the API server on OpenShift",
            (s, v) => Path(v, p => s.ApiServerEnvFile = p)
        ),
        new(
            "kubeconfig",
            "FILE",
            "the kubelet's",
            "read for the API server's address and CA, never for credentials",
            (s, v) => Path(v, p => s.Kubeconfig = p)
        ),
        new(
            "certificate-authority",
            "FILE",
            "the kubeconfig's, else /etc/kubernetes/pki/ca.crt, else the system's",
            "the CA that signed the API server's certificate",
            (s, v) => Path(v, p => s.CertificateAuthority = p)
        ),
        new(
            "tls-server-name",
            "NAME",
            "the host, or kubernetes.default.svc with a cluster CA",
            "the name that the API server's certificate must have",
            (s, v) => Text(v, t => s.TlsServerName = t)
        ),
        new(
            "insecure-skip-tls-verify",
            "",
            "off",
            "do not verify the API server's certificate; any server gets the tokens",
            (s, v) => Switch(v, on => s.InsecureSkipTlsVerify = on)
        ),
        new("timeout", "DURATION", "20s", "time limit for all requests to the API server", (s, v) =>
            GoDuration.TryParse(v, out var d) && d > TimeSpan.Zero && d <= LongestTimeout
                ? Done(() => s.Timeout = d)
                : "want a duration up to 50s such as \"20s\""
        ),
        new(
            "hand-over-timeout",
            "DURATION",
            "10s",
            "how long CRI-O has to take an auth file before the next run stops waiting; 0s disables waiting",
            (s, v) =>
                GoDuration.TryParse(v, out var d) && d <= TimeSpan.FromMinutes(1)
                    ? Done(() => s.HandOverTimeout = d)
                    : "want a duration up to 1m such as \"10s\", or \"0s\""
        ),
        new(
            "kubelet-root-dir",
            "DIR",
            "the kubelet's --root-dir, else /var/lib/kubelet",
            "where the kubelet keeps its records of pulls, in image_manager",
            (s, v) => Path(v, p => s.KubeletRootDir = p)
        ),
        new(
            "access-record",
            "true|false",
            "true",
            "let the kubelet record which service account pulled an image",
            (s, v) => Switch(v, on => s.AccessRecord = on)
        )
        {
            Choices = ["true", "false"],
        },
        new("run-dir", "DIR", "/run/crio-credential-provider", "this program's own directory, for its locks", (s, v) =>
            Path(v, p => s.RunDir = p)
        ),
        new(
            "max-list-size",
            "SIZE",
            "64MiB",
            "limit for the bytes of secrets that a run reads from the API server",
            (s, v) =>
                ByteSize.TryParse(v, out var bytes)
                    ? Done(() => s.MaxListSize = bytes)
                    : "want a size up to 1GiB such as \"64MiB\""
        ),
        new("log-level", "LEVEL", "info", "debug, info, warning or error", (s, v) => Level(s, v))
        {
            Choices = ["debug", "info", "warning", "error"],
        },
        new(
            "journal-socket",
            "PATH",
            "/run/systemd/journal/socket",
            "journald's socket for the native protocol",
            (s, v) => Path(v, p => s.JournalSocket = p)
        ),
    ];

    /// <summary>The Go original has these two switches, so a kubelet's config may contain them in any form that Go's
    /// flag package accepts.</summary>
    public static readonly RunSwitch[] Switches =
    [
        new("version", "print version and build facts, and exit", (s, isOn) => s.PrintsVersion = isOn)
        {
            AllowsSingleDash = true,
        },
        new("version-json", "print them as JSON, and exit", (s, isOn) => s.PrintsVersionJson = isOn)
        {
            AllowsSingleDash = true,
        },
    ];

    /// <summary>Every option of a command line without a command.</summary>
    public static readonly Option[] RunOptions = [.. Options, .. Switches];

    /// <summary>The options with these flags, for commands that accept them as well.</summary>
    public static SettingOption[] Select(params IEnumerable<string> flags) =>
        [
            .. flags.Select(flag =>
                Array.Find(Options, option => option.Flag == flag)
                ?? throw new ArgumentException($"no option --{flag}", nameof(flags))
            ),
        ];

    private static string? Path(string value, Action<string> set) =>
        value.Length == 0 || value.Contains('\0', StringComparison.Ordinal) ? "want a path" : Done(() => set(value));

    private static string? Text(string value, Action<string> set) =>
        value.Length == 0 ? "want a value" : Done(() => set(value));

    private static string? Switch(string value, Action<bool> set) =>
        GoBoolean.Parse(value) is { } isOn ? Done(() => set(isOn)) : GoBoolean.Wanted;

    private static string? Level(Settings settings, string value)
    {
        Priority? level = value switch
        {
            "debug" => Priority.Debug,
            "info" => Priority.Info,
            "warning" => Priority.Warning,
            "error" => Priority.Error,
            _ => null,
        };
        return level is { } known ? Done(() => settings.LogLevel = known) : "want debug, info, warning or error";
    }

    private static string? Done(Action set)
    {
        set();
        return null;
    }
}
