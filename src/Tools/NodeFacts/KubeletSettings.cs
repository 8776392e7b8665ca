// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Secrets;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.NodeFacts;

/// <summary>
/// The settings for credential providers in the kubelet's own configuration: the file of <c>--config</c>, the drop-ins
/// of <c>--config-dir</c>, and flags, which take precedence (kubernetes cmd/kubelet/app server.go).
/// </summary>
/// <param name="FeatureGates">The feature gates that are set.</param>
/// <param name="Unreadable">The files that the kubelet cannot read, so that it does not start, with position and
/// reason.</param>
internal sealed record KubeletSettings(IReadOnlyDictionary<string, bool> FeatureGates, IReadOnlyList<string> Unreadable)
{
    private static readonly string[] True = ["1", "t", "T", "true", "TRUE", "True"];

    /// <param name="files">The node's.</param>
    /// <param name="arguments">The kubelet's command line.</param>
    public static KubeletSettings Read(NodeFilesReader files, IReadOnlyList<string> arguments)
    {
        Dictionary<string, bool> gates = new(StringComparer.Ordinal);
        List<string> unreadable = [];
        if (KubeletArgumentsReader.Flag(arguments, "--config") is { } config)
        {
            ReadFile(files, config, gates, unreadable);
        }

        if (KubeletArgumentsReader.Flag(arguments, "--config-dir") is { } directory)
        {
            foreach (var name in files.Names(directory).Where(name => name.EndsWith(".conf", StringComparison.Ordinal)))
            {
                ReadFile(files, $"{directory.TrimEnd('/')}/{name}", gates, unreadable);
            }
        }

        foreach (var pair in Values(arguments, "--feature-gates").SelectMany(value => value.Split(',')))
        {
            if (pair.Split('=') is [var name, var value])
            {
                gates[name.Trim()] = True.Contains(value.Trim());
            }
        }

        return new KubeletSettings(gates, unreadable);
    }

    private static void ReadFile(
        NodeFilesReader files,
        string path,
        Dictionary<string, bool> gates,
        List<string> unreadable
    )
    {
        try
        {
            if (files.ReadText(path) is not { } text)
            {
                unreadable.Add($"\"{path}\" does not exist");
            }
            else if (KubernetesYaml.Parse(text) is not [YamlMapping root, ..])
            {
                unreadable.Add($"\"{path}\" has no object");
            }
            else if (root.Find("featureGates") is YamlMapping map)
            {
                ReadGates(path, map, gates, unreadable);
            }
        }
        catch (YamlTreeException e) when (e.IsUnsupported)
        {
            throw new FactUnknownException($"{path}:{e.Line}:{e.Column}: {e.Message}");
        }
        catch (YamlTreeException e)
        {
            unreadable.Add($"{path}:{e.Line}:{e.Column}: {e.Message}");
        }
    }

    private static void ReadGates(string path, YamlMapping map, Dictionary<string, bool> gates, List<string> unreadable)
    {
        foreach (var member in map.Members)
        {
            if (member.Value is YamlScalar { Type: YamlScalarType.Boolean } value)
            {
                gates[member.Key] = value.IsTrue;
            }
            else
            {
                unreadable.Add(
                    $"{path}:{member.Line}:{member.Column}: feature gate \"{OneLine.Of(member.Key)}\" is "
                        + $"neither true nor "
                        + "false"
                );
            }
        }
    }

    /// <summary>Every value of a repeatable flag, as <c>--flag value</c> or <c>--flag=value</c>.</summary>
    private static IEnumerable<string> Values(IReadOnlyList<string> arguments, string flag)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i].StartsWith(flag + "=", StringComparison.Ordinal))
            {
                yield return arguments[i][(flag.Length + 1)..];
            }
            else if (arguments[i] == flag && i + 1 < arguments.Count)
            {
                yield return arguments[++i];
            }
        }
    }
}
