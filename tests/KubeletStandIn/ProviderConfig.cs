// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace CrioCredentialProvider.KubeletStandIn;

/// <summary>
/// The rules of kubelet 1.34 and newer for its provider config and binaries (kubernetes pkg/credentialprovider/plugin
/// config.go and plugin.go), implemented independently of the program under test.
/// </summary>
internal static partial class ProviderConfig
{
    private static readonly string[] RootFields = ["apiVersion", "kind", "providers"];

    private static readonly string[] ProviderFields =
    [
        "name",
        "matchImages",
        "defaultCacheDuration",
        "apiVersion",
        "args",
        "env",
        "tokenAttributes",
    ];

    private static readonly string[] TokenFields =
    [
        "serviceAccountTokenAudience",
        "cacheType",
        "requireServiceAccount",
        "requiredServiceAccountAnnotationKeys",
        "optionalServiceAccountAnnotationKeys",
    ];

    /// <summary>The file, or the files in a directory that the kubelet reads.</summary>
    public static IEnumerable<string> Files(string path) =>
        Directory.Exists(path)
            ? Directory
                .GetFiles(path)
                .Where(file => Path.GetExtension(file) is ".json" or ".yaml" or ".yml")
                .Order(StringComparer.Ordinal)
        : File.Exists(path) ? [path]
        : [];

    /// <returns>Why the kubelet exits; null if it starts.</returns>
    public static string? Problem(string config, string binDir)
    {
        if (!Directory.Exists(binDir))
        {
            return $"plugin binary directory {binDir} did not exist";
        }

        var files = Files(config).ToArray();
        if (files.Length == 0)
        {
            return $"no configuration files found in {config}";
        }

        try
        {
            HashSet<string> names = [];
            foreach (var file in files)
            {
                Check(File.ReadAllText(file), binDir, names);
            }

            return null;
        }
        catch (Exception e) when (e is InvalidDataException or YamlException)
        {
            return e.Message;
        }
    }

    private static void Check(string text, string binDir, HashSet<string> names)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        var root = stream.Documents is [{ RootNode: YamlMappingNode map }, ..] ? map : throw Bad("no object");
        Known(root, RootFields);
        Want(
            Text(root, "apiVersion")
                is "kubelet.config.k8s.io/v1"
                    or "kubelet.config.k8s.io/v1beta1"
                    or "kubelet.config.k8s.io/v1alpha1",
            "apiVersion"
        );
        Want(Text(root, "kind") == "CredentialProviderConfig", "kind");
        var providers = Items(root, "providers");
        Want(providers.Count > 0, "providers");
        foreach (var provider in providers.Cast<YamlMappingNode>())
        {
            Known(provider, ProviderFields);
            var name = Text(provider, "name") ?? "";
            Want(name.Length > 0 && name is not "." and not ".." && !name.Contains('/') && !name.Contains(' '), "name");
            Want(names.Add(name), $"duplicate provider name {name}");
            Want(Items(provider, "matchImages").Count > 0, "matchImages");
            Want(Duration().IsMatch(Text(provider, "defaultCacheDuration") ?? ""), "defaultCacheDuration");
            Want(ProviderVersion().IsMatch(Text(provider, "apiVersion") ?? ""), "apiVersion of a provider");
            if (provider.Children.TryGetValue("tokenAttributes", out var node))
            {
                var token = (YamlMappingNode)node;
                Known(token, TokenFields);
                Want(
                    Text(provider, "apiVersion") == "credentialprovider.kubelet.k8s.io/v1",
                    "apiVersion with tokenAttributes"
                );
                Want(Text(token, "serviceAccountTokenAudience") is { Length: > 0 }, "serviceAccountTokenAudience");
                Want(Text(token, "cacheType") is "Token" or "ServiceAccount", "cacheType");
                Want(Text(token, "requireServiceAccount") is "true" or "false", "requireServiceAccount");
            }

            var binary = new FileInfo(Path.Combine(binDir, name));
            Want(binary.Exists, $"exec: \"{binary.FullName}\": no such file or directory");
            Want(
                (
                    File.GetUnixFileMode(binary.FullName)
                    & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)
                ) != 0,
                $"exec: \"{binary.FullName}\": permission denied"
            );
        }
    }

    private static void Known(YamlMappingNode map, string[] fields)
    {
        foreach (var key in map.Children.Keys)
        {
            Want(fields.Contains(((YamlScalarNode)key).Value), $"strict decoding error: unknown field {key}");
        }
    }

    private static string? Text(YamlMappingNode map, string key) =>
        map.Children.TryGetValue(key, out var node) && node is YamlScalarNode scalar ? scalar.Value : null;

    private static List<YamlNode> Items(YamlMappingNode map, string key) =>
        map.Children.TryGetValue(key, out var node) && node is YamlSequenceNode items ? [.. items] : [];

    private static void Want(bool isGood, string what)
    {
        if (!isGood)
        {
            throw Bad(what);
        }
    }

    private static InvalidDataException Bad(string what) => new($"invalid configuration: {what}");

    [GeneratedRegex(@"^(0|([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+)$")]
    private static partial Regex Duration();

    [GeneratedRegex(@"^credentialprovider\.kubelet\.k8s\.io/v1(alpha1|beta1)?$")]
    private static partial Regex ProviderVersion();
}
