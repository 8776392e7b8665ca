using System.Buffers;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Secrets;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.KubeletConfig;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.Doctor;

/// <summary>How the kubelet was started, or would be.</summary>
/// <param name="Process">Null when no kubelet runs.</param>
internal sealed record KubeletFacts(NodeProcess? Process)
{
    public const string ConfigFlag = "--image-credential-provider-config";
    public const string BinDirFlag = "--image-credential-provider-bin-dir";

    private static readonly SearchValues<char> EndsOfWord = SearchValues.Create(" \"'\\\t\r");

    /// <summary>Where distributions and systemd keep the kubelet's flags; for a kubelet that does not run.</summary>
    private static readonly string[] FlagFiles =
    [
        "/var/lib/kubelet/kubeadm-flags.env", "/etc/default/kubelet", "/etc/sysconfig/kubelet",
        "/usr/lib/systemd/system/kubelet.service", "/etc/systemd/system/kubelet.service",
    ];

    private static readonly string[] FlagDirectories =
        ["/usr/lib/systemd/system/kubelet.service.d", "/etc/systemd/system/kubelet.service.d"];

    /// <summary>File or directory of the provider config.</summary>
    public Sourced? Config { get; init; }

    /// <summary>The directory of the providers' binaries.</summary>
    public Sourced? BinDir { get; init; }

    /// <summary>What is set by flag or in the kubelet's configuration; the rest has its default.</summary>
    public required IReadOnlyDictionary<string, bool> FeatureGates { get; init; }

    /// <param name="files">The node's.</param>
    /// <param name="config">Given to doctor; null: searched.</param>
    /// <param name="binDir">Given to doctor; null: searched.</param>
    public static KubeletFacts Find(NodeFilesReader files, string? config, string? binDir)
    {
        var process = NodeProcess.Find(files, "kubelet");
        return new KubeletFacts(process)
        {
            Config = Flag(files, process, ConfigFlag, config),
            BinDir = Flag(files, process, BinDirFlag, binDir),
            FeatureGates = Gates(files, process),
        };
    }

    private static Sourced? Flag(NodeFilesReader files, NodeProcess? process, string flag, string? given)
    {
        if (given is not null)
        {
            return new Sourced(given, $"option {flag}");
        }

        if (process is not null)
        {
            return KubeletArgumentsReader.Flag(process.Arguments, flag) is { } value
                ? new Sourced(value, $"the running kubelet (process {process.Id})")
                : null;
        }

        Sourced? found = null;
        foreach (var path in FlagFiles.Concat(FlagDirectories.SelectMany(d => files.Names(d).Where(n => n.EndsWith(".conf", StringComparison.Ordinal)).Select(n => $"{d}/{n}"))))
        {
            if (files.ReadText(path) is { } text && InText(text, flag) is { } value)
            {
                found = new Sourced(value, $"\"{path}\"");
            }
        }

        return found;
    }

    /// <summary>The flag's last value in a unit or environment file; lines that are comments do not count.</summary>
    public static string? InText(string text, string flag)
    {
        string? value = null;
        foreach (var line in text.Split('\n').Where(line => !line.TrimStart().StartsWith('#') && !line.TrimStart().StartsWith(';')))
        {
            for (var at = line.IndexOf(flag, StringComparison.Ordinal); at >= 0; at = line.IndexOf(flag, at + 1, StringComparison.Ordinal))
            {
                var rest = line.AsSpan(at + flag.Length);
                if (!rest.IsEmpty && rest[0] is '=' or ' ')
                {
                    rest = rest[1..].TrimStart(" \"'");
                    var end = rest.IndexOfAny(EndsOfWord);
                    var word = (end < 0 ? rest : rest[..end]).ToString();
                    value = word.Length > 0 ? word : value;
                }
            }
        }

        return value;
    }

    private static Dictionary<string, bool> Gates(NodeFilesReader files, NodeProcess? process)
    {
        Dictionary<string, bool> gates = new(StringComparer.Ordinal);
        var arguments = process?.Arguments ?? [];
        if (KubeletArgumentsReader.Flag(arguments, "--config") is { } config)
        {
            AddFromFile(config);
        }

        if (KubeletArgumentsReader.Flag(arguments, "--config-dir") is { } directory)
        {
            foreach (var name in files.Names(directory).Where(name => name.EndsWith(".conf", StringComparison.Ordinal)))
            {
                AddFromFile($"{directory.TrimEnd('/')}/{name}");
            }
        }

        // Flags come last: they win over the file.
        for (var i = 0; i < arguments.Count; i++)
        {
            const string Flag = "--feature-gates";
            var list = arguments[i].StartsWith(Flag + "=", StringComparison.Ordinal) ? arguments[i][(Flag.Length + 1)..]
                : arguments[i] == Flag && i + 1 < arguments.Count ? arguments[i + 1]
                : "";
            foreach (var pair in list.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split('=')))
            {
                gates[pair[0].Trim()] = pair.Length == 2 && pair[1].Trim() is "true" or "True" or "TRUE" or "t" or "T" or "1";
            }
        }

        return gates;

        void AddFromFile(string path)
        {
            // A kubelet that runs has read it: what is no YAML now was another file then.
            if (files.ReadText(path) is { } text
                && KubernetesYaml.FirstMapping(text) is { } root
                && root.Find("featureGates") is YamlMapping map)
            {
                foreach (var member in map.Members)
                {
                    gates[member.Key] = member.Value is YamlScalar { Type: YamlScalarType.Boolean, IsTrue: true };
                }
            }
        }
    }
}
