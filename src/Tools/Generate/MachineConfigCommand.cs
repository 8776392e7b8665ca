// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.Tools.Commands;
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
        """
    )
    {
        Options =
        [
            Pool,
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
        ],
        Run = GeneratedOutput.Of(Text),
    };

    private static string Text(CommandInput input, Node node)
    {
        var isMerged = input.Has(KubeletConfigCommand.MergeInto.Flag);
        if (isMerged && !input.Has(Config.Flag))
        {
            throw CommandException.Misuse("--merge-into needs --config, the path of that file on the node");
        }

        const string Head = "CredentialProviderConfig, made by \"crio-credential-provider generate machine-config\".";
        var config = KubeletConfigCommand.Content(input, node, Profile.OpenShift, Head);
        var path = input.Text(Config.Flag) ?? DefaultConfigFile;
        var dropIn = isMerged
            ? null
            : DropIn.Text(
                Profile.OpenShift,
                input.Text(GenerateOptions.ExecStart.Flag),
                path,
                input.Text(GenerateOptions.BinDir.Flag) ?? GenerateOptions.BinaryDirectory
            );
        return Manifest(input.Text(Pool.Flag) ?? "worker", path, config, dropIn);
    }

    /// <summary>Ignition 3.2.0, which every OpenShift 4 since 4.7 takes; file contents as data URLs.</summary>
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
            # Where the cluster has the platform's own resource CRIOCredentialProviderConfig, use that instead.
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
