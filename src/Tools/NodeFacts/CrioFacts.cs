// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.Secrets;

namespace CrioCredentialProvider.Tools.NodeFacts;

/// <summary>
/// The settings that CRI-O uses, in order of precedence: flag, environment variable, configuration file with its
/// drop-ins, default (cri-o internal/criocli and pkg/config).
/// </summary>
/// <param name="Process">Null if CRI-O does not run; the files then show what it would use.</param>
internal sealed record CrioFacts(NodeProcess? Process)
{
    public required ValueWithOrigin NamespacedAuthDir { get; init; }

    /// <summary>Null for the default search.</summary>
    public ValueWithOrigin? RegistriesConf { get; init; }

    /// <summary>Null for the default directories.</summary>
    public ValueWithOrigin? RegistriesConfDir { get; init; }

    /// <summary>Null for the default files of containers-auth.json(5).</summary>
    public ValueWithOrigin? GlobalAuthFile { get; init; }

    /// <summary>The file to which CRI-O writes its version when it starts.</summary>
    public required string VersionFile { get; init; }

    /// <exception cref="FactUnknownException">A file cannot be read.</exception>
    /// <exception cref="CrioCredentialProvider.Diagnostics.ProviderException">A file is not valid TOML.</exception>
    public static CrioFacts Find(NodeFilesReader files)
    {
        var process = NodeProcess.Find(files, "crio");
        Dictionary<string, ValueWithOrigin> settings = new(StringComparer.Ordinal);
        var main = Given(process, "--config", "CONTAINER_CONFIG")?.Value ?? "/etc/crio/crio.conf";
        Read(files, main, settings);
        ReadAll(
            files,
            Given(process, "--config-dir", "CONTAINER_CONFIG_DIR")?.Value ?? "/etc/crio/crio.conf.d",
            settings
        );
        return new CrioFacts(process)
        {
            NamespacedAuthDir = Given(process, "--namespaced-auth-dir", "CONTAINER_NAMESPACED_AUTH_DIR")
                ?? settings.GetValueOrDefault("image.namespaced_auth_dir")
                ?? new ValueWithOrigin("/etc/crio/auth", "CRI-O's default"),
            RegistriesConf = Given(process, "--registries-conf", "CONTAINER_REGISTRIES_CONF"),
            RegistriesConfDir = Given(process, "--registries-conf-dir", "CONTAINER_REGISTRIES_CONF_DIR"),
            GlobalAuthFile = Given(process, "--global-auth-file", "CONTAINER_GLOBAL_AUTH_FILE")
                ?? settings.GetValueOrDefault("image.global_auth_file"),
            VersionFile = settings.GetValueOrDefault("version_file")?.Value ?? "/var/run/crio/version",
        };
    }

    private static ValueWithOrigin? Given(NodeProcess? process, string flag, string variable) =>
        process is null ? null
        : KubeletArgumentsReader.Flag(process.Arguments, flag) is { } argument
            ? new ValueWithOrigin(argument, $"CRI-O's flag {flag}")
        : process.Environment(variable) is { Length: > 0 } value
            ? new ValueWithOrigin(value, $"CRI-O's variable {variable}")
        : null;

    /// <summary>
    /// Reads every file below the directory, whatever its suffix (Config.UpdateFromPath). CRI-O looks for directories
    /// with lstat(2): it reads a link to one as a file, also in place of the directory itself, and does not start.
    /// </summary>
    private static void ReadAll(NodeFilesReader files, string path, Dictionary<string, ValueWithOrigin> settings)
    {
        if (files.LinkTarget(path) is not null || files.Find(path)?.Kind != FileKind.Directory)
        {
            Read(files, path, settings);
            return;
        }

        foreach (var name in files.Names(path))
        {
            ReadAll(files, $"{path.TrimEnd('/')}/{name}", settings);
        }
    }

    private static void Read(NodeFilesReader files, string path, Dictionary<string, ValueWithOrigin> settings)
    {
        if (files.ReadText(path) is not { } text || TomlDocument.Parse(path, text).Find("crio") is not TomlMap crio)
        {
            return;
        }

        Take(crio, "version_file", "version_file");
        if (crio.Find("image") is TomlMap image)
        {
            Take(image, "namespaced_auth_dir", "image.namespaced_auth_dir");
            Take(image, "global_auth_file", "image.global_auth_file");
        }

        void Take(TomlMap table, string key, string name)
        {
            if (table.Find(key) is TomlScalar { Text: { Length: > 0 } value } scalar)
            {
                settings[name] = new ValueWithOrigin(value, $"{path}:{scalar.Line}");
            }
        }
    }
}
