// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Journal;

namespace CrioCredentialProvider.Options;

/// <summary>What can be set from outside; the names and defaults are those of <see cref="OptionTable"/>.</summary>
internal sealed record Settings
{
    /// <summary>Null: CRI-O's search.</summary>
    public string? RegistriesConf { get; set; }

    /// <summary>Null: CRI-O's drop-in directories; empty: none are read, which no option can say.</summary>
    public string? RegistriesConfDir { get; set; }

    public string AuthDir { get; set; } = "/etc/crio/auth";

    public string KubeletAuthFile { get; set; } = "/var/lib/kubelet/config.json";

    /// <summary>HOST[:PORT] or an https URL; null: the env file, the kubeconfig, the fallback.</summary>
    public string? ApiServer { get; set; }

    public string ApiServerEnvFile { get; set; } = "/etc/kubernetes/apiserver-url.env";

    /// <summary>Null: the kubelet's.</summary>
    public string? Kubeconfig { get; set; }

    public string? CertificateAuthority { get; set; }

    public string? TlsServerName { get; set; }

    public bool InsecureSkipTlsVerify { get; set; }

    /// <summary>For all talk with the API server together.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Without the kubelet's pull intents, how old the previous auth file may get before a run stops waiting for it;
    /// zero disables waiting.
    /// </summary>
    public TimeSpan HandOverTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Null: the kubelet's.</summary>
    public string? KubeletRootDir { get; set; }

    /// <summary>Whether the kubelet is to record the service account of a pull.</summary>
    public bool AccessRecord { get; set; } = true;

    /// <summary>This program's own directory, for the locks.</summary>
    public string RunDir { get; set; } = "/run/crio-credential-provider";

    /// <summary>How many bytes the API server's answers may have in all.</summary>
    public long MaxListSize { get; set; } = 64 * 1024 * 1024;

    public Priority LogLevel { get; set; } = Priority.Info;

    public string JournalSocket { get; set; } = "/run/systemd/journal/socket";

    /// <summary>Whether the run prints its version instead of answering the kubelet.</summary>
    public bool PrintsVersion { get; set; }

    /// <summary>The same, as JSON.</summary>
    public bool PrintsVersionJson { get; set; }
}
