// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Journal;

namespace CrioCredentialProvider.Options;

/// <summary>Everything that can be configured; <see cref="OptionTable"/> defines names and defaults.</summary>
internal sealed record Settings
{
    /// <summary>Null: search as CRI-O does.</summary>
    public string? RegistriesConf { get; set; }

    /// <summary>Null: CRI-O's drop-in directories. Empty: no drop-ins, which no option can set.</summary>
    public string? RegistriesConfDir { get; set; }

    public string AuthDir { get; set; } = "/etc/crio/auth";

    public string KubeletAuthFile { get; set; } = "/var/lib/kubelet/config.json";

    /// <summary>HOST[:PORT] or an https URL; null: use the env file, the kubeconfig or the fallback.</summary>
    public string? ApiServer { get; set; }

    public string ApiServerEnvFile { get; set; } = "/etc/kubernetes/apiserver-url.env";

    /// <summary>Null: use the kubelet's.</summary>
    public string? Kubeconfig { get; set; }

    public string? CertificateAuthority { get; set; }

    public string? TlsServerName { get; set; }

    public bool InsecureSkipTlsVerify { get; set; }

    /// <summary>For all communication with the API server together.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Without the kubelet's pull intents, how old the previous auth file may get before a run stops waiting for it;
    /// zero disables waiting.
    /// </summary>
    public TimeSpan HandOverTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Null: use the kubelet's.</summary>
    public string? KubeletRootDir { get; set; }

    /// <summary>Whether the kubelet should record the service account of a pull.</summary>
    public bool AccessRecord { get; set; } = true;

    /// <summary>This program's own directory, for the locks.</summary>
    public string RunDir { get; set; } = "/run/crio-credential-provider";

    /// <summary>Maximum total size of the API server's responses, in bytes.</summary>
    public long MaxListSize { get; set; } = 64 * 1024 * 1024;

    public Priority LogLevel { get; set; } = Priority.Info;

    public string JournalSocket { get; set; } = "/run/systemd/journal/socket";

    /// <summary>Whether the run prints its version instead of answering the kubelet.</summary>
    public bool PrintsVersion { get; set; }

    /// <summary>Whether the version is printed as JSON.</summary>
    public bool PrintsVersionJson { get; set; }
}
