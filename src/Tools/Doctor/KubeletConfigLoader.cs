using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.Doctor;

/// <summary>
/// Reads a provider config as the kubelet does (kubernetes pkg/credentialprovider/plugin config.go
/// readCredentialProviderConfig): one file, or, since 1.34, all <c>.json</c>, <c>.yaml</c> and <c>.yml</c> files of a
/// directory in the order of their names.
/// </summary>
internal static class KubeletConfigLoader
{
    /// <param name="files">The node's.</param>
    /// <param name="path">A file or a directory.</param>
    /// <param name="gateOffIn">The kubelets whose feature gate for tokens is off.</param>
    /// <returns>Null when there is nothing at the path.</returns>
    /// <exception cref="CheckSkippedException">It cannot be read.</exception>
    public static KubeletProviderConfig? Load(NodeFilesReader files, string path, KubeletMinors gateOffIn)
    {
        if (files.Find(path) is not { } target)
        {
            return null;
        }

        List<KubeletConfigError> errors = [];
        List<KubeletProvider> providers = [];
        List<string> remarks = [];
        string[] paths = [path];
        if (target.Kind == FileKind.Directory)
        {
            errors.Add(new KubeletConfigError(path, "a directory is taken since 1.34 only", KubeletMinors.V133));
            paths = [.. files.Names(path)
                .Where(name => Path.GetExtension(name) is ".json" or ".yaml" or ".yml")
                .Select(name => $"{path.TrimEnd('/')}/{name}")
                .Where(file => files.Walk(file) is var way && (way.IsLink || way.Target?.Kind != FileKind.Directory))];
            if (paths.Length == 0)
            {
                errors.Add(new KubeletConfigError(path, "the directory holds no .json, .yaml or .yml file"));
                return new KubeletProviderConfig(path, paths, providers, errors, remarks);
            }
        }

        foreach (var file in paths)
        {
            if (files.Find(file)?.Kind == FileKind.Directory)
            {
                // The kubelet takes the link for a file, and cannot read it (os.ReadDir tells nothing of what is behind a link).
                errors.Add(new KubeletConfigError(file, "it is a link to a directory"));
                continue;
            }

            var decoded = KubeletConfigDecoder.Decode(file, files.ReadText(file) ?? "");
            providers.AddRange(decoded.Providers);
            errors.AddRange(decoded.Errors);
            remarks.AddRange(decoded.Remarks);
        }

        // The kubelet looks at the providers only when it could decode them.
        if (providers.Count > 0 || !errors.Exists(error => error.RefusedBy == KubeletMinors.All))
        {
            errors.AddRange(KubeletConfigValidator.Validate(path, providers, gateOffIn));
        }

        return new KubeletProviderConfig(path, paths, providers, errors, remarks);
    }
}
