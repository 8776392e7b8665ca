// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.NodeFacts;

namespace CrioCredentialProvider.Tools.KubeletConfig;

/// <summary>
/// Reads a provider config as the kubelet does (kubernetes pkg/credentialprovider/plugin config.go
/// readCredentialProviderConfig): one file, or, since 1.34, all <c>.json</c>, <c>.yaml</c> and <c>.yml</c> files of a
/// directory in the order of their names.
/// </summary>
internal static class ConfigLoader
{
    private static readonly string[] Extensions = [".json", ".yaml", ".yml"];

    /// <param name="files">The node's.</param>
    /// <param name="path">A file or a directory.</param>
    /// <param name="tokensOffIn">The kubelets in which the feature gate for tokens is off.</param>
    /// <returns>Null if the path does not exist.</returns>
    /// <exception cref="FactUnknownException">A file cannot be read or cannot be parsed.</exception>
    public static ProviderConfig? Load(NodeFilesReader files, string path, KubeletMinors tokensOffIn)
    {
        if (files.Find(path) is not { } target)
        {
            return null;
        }

        List<ConfigError> errors = [];
        string[] paths = [path];
        if (target.Kind == FileKind.Directory)
        {
            errors.Add(
                new ConfigError(path, "it is a directory, which kubelets accept since 1.34", KubeletMinors.Until133)
            );
            paths =
            [
                .. files
                    .Names(path)
                    .Where(name => Extensions.Contains(Path.GetExtension(name)))
                    .Select(name => $"{path.TrimEnd('/')}/{name}")
                    .Where(file =>
                        files.Walk(file) is var resolved
                        && (resolved.IsLink || resolved.Target?.Kind != FileKind.Directory)
                    ),
            ];
            if (paths.Length == 0)
            {
                errors.Add(new ConfigError(path, "the directory has no .json, .yaml or .yml file"));
                return new ProviderConfig(path, paths, [], errors, []);
            }
        }

        List<(string File, string Text)> texts = [];
        foreach (var file in paths)
        {
            if (files.Find(file)?.Kind == FileKind.Directory)
            {
                // os.ReadDir does not follow links, so the kubelet treats the link as a file and fails to read it.
                errors.Add(new ConfigError(file, "it is a link to a directory"));
            }
            else
            {
                texts.Add((file, files.ReadText(file) ?? ""));
            }
        }

        var config = ProviderConfig.Parse(path, texts, tokensOffIn);
        return config with { Files = paths, Errors = [.. errors, .. config.Errors] };
    }
}
