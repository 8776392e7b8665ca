// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Secrets;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.KubeletConfig;
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.Generate;

/// <summary><c>generate kubelet-config</c>: the file for the kubelet's
/// <c>--image-credential-provider-config</c>.</summary>
internal static class KubeletConfigCommand
{
    public static readonly CommandOption Annotations = new(
        "annotations",
        "",
        "off",
        "make the kubelet pass the annotation in which a service account names its secrets"
    );

    public static readonly CommandOption MergeInto = new(
        "merge-into",
        "FILE",
        "none",
        "keep the other providers of this config; - is stdin"
    )
    {
        IsPath = true,
    };

    /// <summary>The options that affect the config's content, for each command that generates one.</summary>
    public static readonly CommandOption[] ContentOptions =
    [
        GenerateOptions.Audience,
        GenerateOptions.TokenFile,
        Annotations,
        MergeInto,
    ];

    public static readonly SettingOption[] ContentSettings = OptionTable.Select(
        "registries-conf",
        "registries-conf-dir"
    );

    public static readonly Command Row = new(
        "kubelet-config",
        "the kubelet's credential provider config",
        """
        Prints a CredentialProviderConfig for kubelet 1.34 or newer. matchImages are those prefixes of
        registries.conf and its drop-ins that have a mirror or another location. Run it on the node, or
        name the node's file. The kubelet reads the config at its start only.

        With --merge-into, the file's other providers are kept; its comments are not. An entry of this
        program in it is made anew, with its args and env. To replace the file itself, name it with -o as
        well, and give --force. An invalid file is refused.
        """
    )
    {
        Options = [GenerateOptions.Profile, .. ContentOptions, .. GeneratedOutput.Options],
        Settings = ContentSettings,
        ExitCodes = ["0 printed", "1 no registry has a mirror", "3 a file cannot be used or written"],
        Examples =
        [
            "crio-credential-provider generate kubelet-config --profile kubeadm",
            "kubectl create token default | crio-credential-provider generate kubelet-config --token-file -",
            "crio-credential-provider generate kubelet-config --merge-into config.yaml -o config.yaml --force",
        ],
        Run = GeneratedOutput.Of(Text),
    };

    private static string Text(CommandInput input, Node node)
    {
        const string Head =
            "CredentialProviderConfig for kubelet 1.34 or newer, made by \"crio-credential-provider generate "
            + "kubelet-config\".";
        return Content(input, node, Profile.Of(input, Profile.Kubeadm), Head, namesSources: true).Text;
    }

    /// <summary>Generates the config.</summary>
    /// <param name="input">The command line, with <see cref="ContentOptions"/>.</param>
    /// <param name="node">The node.</param>
    /// <param name="profile">The kind of cluster.</param>
    /// <param name="head">The first comment line.</param>
    /// <param name="namesSources">Whether a comment names the sources. Where a change of the text reboots nodes, the
    /// path of a copy must not be in it.</param>
    /// <returns>The config, and the registries.conf and drop-ins that <c>matchImages</c> comes from.</returns>
    /// <exception cref="CommandException">Options cannot be used together, or no registry has a mirror.</exception>
    /// <exception cref="ProviderException">A file cannot be read or is invalid.</exception>
    public static (string Text, string Sources) Content(
        CommandInput input,
        Node node,
        Profile profile,
        string head,
        bool namesSources
    )
    {
        if (input.Has(GenerateOptions.Audience.Flag) && input.Has(GenerateOptions.TokenFile.Flag))
        {
            throw CommandException.Misuse("give --audience or --token-file, not both");
        }

        if (input.Text(GenerateOptions.TokenFile.Flag) == "-" && input.Text(MergeInto.Flag) == "-")
        {
            throw CommandException.Misuse("only one of --token-file and --merge-into can be stdin");
        }

        var settings = NamedRegistriesConf.WithoutForeignDropIns(input.Settings);
        var conf = RegistriesConfLoader.Load(
            new RegistriesConfPaths(settings.RegistriesConf, settings.RegistriesConfDir, node.Home)
        );
        conf.RequireNamedMain();
        if (!conf.Found)
        {
            throw new ProviderException(
                Reasons.NoRegistriesConf,
                $"there is neither \"{conf.MainPath}\" nor a drop-in",
                "run it on the node, or pass its file with --registries-conf"
            );
        }

        var match = MatchImages.For(conf);
        if (match.Patterns.Count == 0)
        {
            var where = conf.MainFound
                ? $"no registry in \"{conf.MainPath}\" or its drop-ins"
                : $"there is no \"{conf.MainPath}\", and no registry in the drop-ins";
            throw new CommandException(
                ExitCode.Finding,
                $"{where} has a mirror or another location that the kubelet could match: matchImages would be empty, "
                    + "and the kubelet would not start"
            );
        }

        var audience = TokenAudience.From(input, node, profile);
        var existing = input.Text(MergeInto.Flag) is { } path ? Existing(path, node) : null;
        var sources = string.Join(", ", conf.FilesRead);
        List<string> remarks = [head, "The kubelet reads it only at its start, and does not start if it is invalid."];
        if (namesSources)
        {
            remarks.Add($"matchImages: from {sources}");
        }

        if (existing is not null)
        {
            remarks.Add("The other providers are those of the file that it was merged into; comments were not kept.");
        }

        var own = new OwnProvider(match.Patterns, audience.Value)
        {
            AnnotationKeys = input.Has(Annotations.Flag) ? [PullSecretsAnnotation.Key] : [],
            AudienceRemarks = audience.Remarks,
        };
        var text = ConfigText.Of(
            existing is null ? own : own.WithSettingsOf(existing),
            existing,
            [.. remarks, .. match.Remarks]
        );
        return (text, sources);
    }

    /// <summary>
    /// Reads an existing config. A config that the kubelet rejects is not merged, because the result would be invalid
    /// as well.
    /// </summary>
    /// <exception cref="ProviderException">
    /// The kubelet would not start with the config, or a merge would lose part of it.
    /// </exception>
    private static ProviderConfig Existing(string path, Node node)
    {
        var name = path == "-" ? "stdin" : path;
        try
        {
            var config = ProviderConfig.Parse(name, [(name, InputReader.ReadText(path, node))], KubeletMinors.None);
            ConfigError[] errors = [.. config.ErrorsFor(KubeletMinors.From134)];
            return errors.Length > 0
                    ? throw Unusable(errors[0].Line + (errors.Length > 1 ? $" (and {errors.Length - 1} more)" : ""))
                : config.Remarks.Count > 0 ? throw Unusable(config.Remarks[0])
                : config;
        }
        catch (FactUnknownException e)
        {
            throw Unusable(e.Message);
        }

        static ProviderException Unusable(string problem) =>
            new(Reasons.ProviderConfigInvalid, $"cannot merge into {OneLine.Of(problem)}", "correct it first");
    }
}
