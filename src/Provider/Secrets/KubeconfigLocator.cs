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
/// Finds the kubelet's kubeconfig once it is needed. A run whose address and CA come from elsewhere never reads one, so
/// none can fail it.
/// </summary>
internal sealed class KubeconfigLocator(ApiServerOptions options, ApiServerFiles files)
{
    private IReadOnlyList<string>? arguments;
    private FoundKubeconfig? found;
    private bool hasLooked;

    /// <summary>Where no kubeconfig was found, in the order of the search; empty if none was needed.</summary>
    public List<string> Missing { get; } = [];

    private IReadOnlyList<string> Arguments =>
        arguments ??= files.ParentArguments ?? KubeletArgumentsReader.ReadParents();

    /// <summary>
    /// The option's; else that of the kubelet's command line; else the first well-known one that exists. Null: none
    /// exists.
    /// </summary>
    /// <exception cref="ProviderException">It cannot be used.</exception>
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
    /// The kubelet's <c>--bootstrap-kubeconfig</c>, whose CA counts too: OpenShift keeps only that one current when
    /// the CA rotates (machine-config-operator, certificate_writer.go).
    /// </summary>
    /// <exception cref="ProviderException">It cannot be used.</exception>
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
