// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.KubeletConfig;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.Generate;

/// <summary><c>generate machine-config</c>: the provider config and the kubelet's flags for a pool of OpenShift
/// nodes.</summary>
internal static class MachineConfigCommand
{
    private const string DefaultConfigFile = "/etc/kubernetes/credential-providers/crio-credential-provider.yaml";

    private static readonly CommandOption Config = GenerateOptions.Config(DefaultConfigFile);

    public static readonly CommandOption Pool = new("pool", "NAME", "worker", "the machine config pool")
    {
        Check = GenerateOptions.NamespaceLabel,
    };

    private static readonly CommandOption Kind = new(
        GenerateOptions.Profile.Flag,
        "openshift|hypershift",
        "openshift",
        "the kind of cluster"
    )
    {
        Choices = ["openshift", "hypershift"],
    };

    private static readonly CommandOption Namespace = new(
        "namespace",
        "NAME",
        "clusters",
        "with --profile hypershift: the namespace of HostedCluster and NodePool"
    )
    {
        Letter = 'n',
        Check = GenerateOptions.NamespaceLabel,
    };

    public static readonly Command Row = new(
        "machine-config",
        "provider config and flags for OpenShift nodes",
        """
        Prints a MachineConfig that puts the provider config and the kubelet's drop-in on the nodes of a
        pool. Applying it restarts them one by one. It does not bring the binary.

        Where the cluster has the platform's own resource CRIOCredentialProviderConfig (a technology
        preview in OpenShift 4.22), use that instead: it makes the same files.

        Nodes on AWS, Azure and Google Cloud have a provider config already, and the kubelet's flag names
        that file: give it with --merge-into and its path on the node with --config. Then there is no
        drop-in, since the kubelet has the flags.

        With --profile hypershift, prints a ConfigMap with this MachineConfig for the management cluster.
        List it in spec.config of each NodePool. The hosted cluster needs the RBAC that
        "generate rbac --node --profile hypershift" prints.
        """
    )
    {
        Options =
        [
            Kind,
            Pool,
            Namespace,
            Config,
            GenerateOptions.BinDir,
            GenerateOptions.ExecStart,
            .. KubeletConfigCommand.ContentOptions,
            .. GeneratedOutput.Options,
        ],
        Settings = KubeletConfigCommand.ContentSettings,
        ExitCodes = ["0 printed", "1 no registry has a mirror", "3 a file cannot be used or written"],
        Examples =
        [
            "crio-credential-provider generate machine-config --registries-conf registries.conf",
            "crio-credential-provider generate machine-config --merge-into ecr-credential-provider.yaml --config "
                + "/etc/kubernetes/credential-providers/ecr-credential-provider.yaml",
            "crio-credential-provider generate machine-config --profile hypershift --namespace clusters",
        ],
        Run = GeneratedOutput.Of(Text),
    };

    private static string Text(CommandInput input, Node node)
    {
        var profile = Profile.Of(input, Profile.OpenShift);
        var isHosted = profile == Profile.HyperShift;
        var isMerged = input.Has(KubeletConfigCommand.MergeInto.Flag);
        if (WhyMisused(input, isHosted) is { } why)
        {
            throw CommandException.Misuse(why);
        }

        const string Head = "CredentialProviderConfig, made by \"crio-credential-provider generate machine-config\".";
        var (config, sources) = KubeletConfigCommand.Content(input, node, profile, Head, namesSources: false);
        var path = input.Text(Config.Flag) ?? DefaultConfigFile;
        var dropIn = isMerged
            ? null
            : DropIn.Text(
                profile,
                input.Text(GenerateOptions.ExecStart.Flag),
                path,
                input.Text(GenerateOptions.BinDir.Flag) ?? OwnProvider.UsualBinDir
            );
        return isHosted
            ? $"# matchImages: from {sources}\n"
                + ConfigMap(input.Text(Namespace.Flag) ?? "clusters", Manifest("worker", path, config, dropIn))
            : "# Where the cluster has the platform's own resource CRIOCredentialProviderConfig, use that instead.\n"
                + $"# matchImages: from {sources}\n"
                + Manifest(input.Text(Pool.Flag) ?? "worker", path, config, dropIn);
    }

    private static string? WhyMisused(CommandInput input, bool isHosted) =>
        input.Has(KubeletConfigCommand.MergeInto.Flag) && !input.Has(Config.Flag)
            ? "--merge-into needs --config, the path of that file on the node"
        : isHosted && input.Has(Pool.Flag)
            ? "--pool has no meaning with --profile hypershift: NodePools list the ConfigMap"
        : !isHosted && input.Has(Namespace.Flag) ? "--namespace needs --profile hypershift"
        : null;

    /// <summary>
    /// The ConfigMap that a NodePool's <c>spec.config</c> lists (hypershift api/hypershift/v1beta1
    /// NodePoolSpec.Config): it is in the NodePool's namespace, and its key <c>config</c> contains a manifest.
    /// </summary>
    private static string ConfigMap(string ns, string manifest) =>
        $"""
            # For the management cluster. List it in spec.config of each NodePool that gets it, beside what is there:
            # oc edit nodepool --namespace {ns} NAME
            # The NodePool then replaces or updates its nodes one after the other. In the hosted cluster:
            # crio-credential-provider generate rbac --node --profile hypershift | oc apply -f -
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: crio-credential-provider
              namespace: {YamlText.Scalar(ns)}
            data:
              config: |
            {string.Concat(manifest.TrimEnd('\n').Split('\n').Select(line => $"    {line}".TrimEnd() + "\n"))}
            """;

    /// <summary>
    /// Uses Ignition 3.2.0, which OpenShift 4 has accepted since 4.7, with file contents as data URLs.
    /// </summary>
    private static string Manifest(string pool, string path, string config, string? dropIn)
    {
        var units = dropIn is null
            ? ""
            : $"""
                    systemd:
                      units:
                      - name: kubelet.service
                        dropins:
                        - name: {DropIn.FileName}
                          contents: |
                {string.Concat(dropIn.TrimEnd('\n').Split('\n').Select(line => $"            {line}\n"))}
                """;
        return $"""
            # MachineConfig for pool {pool}, made by "crio-credential-provider generate machine-config".
            # The file in it is:
            {string.Concat(
                config.TrimEnd('\n').Split('\n').Select(line => $"#   {line}\n")
            )}apiVersion: machineconfiguration.openshift.io/v1
            kind: MachineConfig
            metadata:
              name: {YamlText.Scalar($"98-{pool}-crio-credential-provider")}
              labels:
                machineconfiguration.openshift.io/role: {YamlText.Scalar(pool)}
            spec:
              config:
                ignition:
                  version: 3.2.0
                storage:
                  files:
                  - path: {path}
                    mode: 420
                    overwrite: true
                    contents:
                      source: data:text/plain;charset=utf-8;base64,{Convert.ToBase64String(
                Encoding.UTF8.GetBytes(config)
            )}
            {units}
            """;
    }
}
