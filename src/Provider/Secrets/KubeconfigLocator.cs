// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Secrets;

/// <summary>A kubeconfig and its path.</summary>
internal sealed record FoundKubeconfig(string Path, Kubeconfig Content)
{
    /// <summary>For messages.</summary>
    public string Text => $"kubeconfig \"{Path}\"";
}

/// <summary>
/// Finds the kubelet's kubeconfig when it is first needed. A run whose address and CA come from elsewhere never reads
/// one, so an invalid kubeconfig cannot fail it.
/// </summary>
internal sealed class KubeconfigLocator(ApiServerOptions options, ApiServerFiles files)
{
    private FoundKubeconfig? found;
    private bool hasLooked;

    /// <summary>The paths where no kubeconfig was found, in search order; empty if none was needed.</summary>
    public List<string> Missing { get; } = [];

    private IReadOnlyList<string> Arguments => files.ParentArguments ?? KubeletArgumentsReader.ReadParents();

    /// <summary>
    /// The kubeconfig of the option, else of the kubelet's command line, else the first well-known one that exists.
    /// Null if there is none.
    /// </summary>
    /// <exception cref="ProviderException">The kubeconfig cannot be used.</exception>
    public FoundKubeconfig? Find()
    {
        if (!hasLooked)
        {
            found = Look();
            hasLooked = true;
        }

        return found;
    }

    /// <summary>
    /// The kubelet's <c>--bootstrap-kubeconfig</c>, whose CA is trusted too: it is the only one that OpenShift keeps
    /// current when the CA rotates (machine-config-operator, certificate_writer.go).
    /// </summary>
    /// <exception cref="ProviderException">The kubeconfig cannot be used.</exception>
    public FoundKubeconfig? FindBootstrap() =>
        options.Kubeconfig is null
        && KubeletArgumentsReader.Flag(Arguments, "--bootstrap-kubeconfig") is { } path
        && path != Find()?.Path
            ? Read(path)
            : null;

    private FoundKubeconfig? Look()
    {
        if (options.Kubeconfig is { } given)
        {
            return Read(given) ?? throw Kubeconfig.Invalid(given, "there is no such file");
        }

        var kubelets = KubeletArgumentsReader.Flag(Arguments, "--kubeconfig");
        foreach (var path in kubelets is null ? files.Kubeconfigs : [kubelets, .. files.Kubeconfigs])
        {
            if (Read(path) is { } kubeconfig)
            {
                return kubeconfig;
            }

            Missing.Add(path);
        }

        return null;
    }

    private FoundKubeconfig? Read(string path) =>
        files.Read(path, Reasons.KubeconfigInvalid) is { } bytes
            ? new FoundKubeconfig(path, Kubeconfig.Parse(path, bytes))
            : null;
}
