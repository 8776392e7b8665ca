// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.NodeFacts;

/// <summary>
/// The kubelet's systemd unit, read as systemd does: the command line that systemd would start now, from the unit, its
/// drop-ins and its environment files (systemd.unit(5), systemd.exec(5)).
/// </summary>
internal sealed class KubeletUnit
{
    private const string UsualName = "kubelet.service";

    private readonly Dictionary<string, ValueWithOrigin> environment = new(StringComparer.Ordinal);
    private readonly List<(string Name, ValueWithOrigin Value)> assignments = [];
    private readonly List<ValueWithOrigin> commands = [];
    private readonly List<string> files = [];

    private KubeletUnit() { }

    /// <summary>The command line, beginning with the program; empty if there is no <c>ExecStart=</c>.</summary>
    public IReadOnlyList<string> Arguments { get; private set; } = [];

    /// <summary>The unit, its drop-ins and environment files, in the order in which systemd reads them.</summary>
    public IReadOnlyList<string> Files => files;

    /// <summary>The environment files, which need not exist; empty if the command line uses no variable.</summary>
    public IReadOnlyList<string> EnvironmentFiles { get; private set; } = [];

    /// <param name="files">The node's.</param>
    /// <param name="name">The unit's name, such as <c>kubelet.service</c>.</param>
    /// <returns>Null if the node has no such unit.</returns>
    /// <exception cref="FactUnknownException">A file cannot be read.</exception>
    public static KubeletUnit? Find(NodeFilesReader files, string name = UsualName)
    {
        var unitFiles = UnitFilesReader.Read(files, name, without: null);
        if (unitFiles.Count == 0)
        {
            return null;
        }

        var unit = new KubeletUnit();
        List<string> environmentFiles = [];
        foreach (var (path, text) in unitFiles)
        {
            unit.files.Add(path);
            unit.Read(path, text, environmentFiles);
        }

        // Environment files take precedence over Environment=, in whichever order they appear.
        foreach (var path in environmentFiles)
        {
            unit.files.Add(path);
            unit.Assign(EnvironmentFileText.Assignments(files.ReadText(path) ?? ""), path);
        }

        if (unit.commands.Count > 0)
        {
            var line = unit.commands[^1].Value.TrimStart('@', '-', ':', '+', '!', '|');
            unit.Arguments = SystemdWords.Expand(line, name => unit.environment.GetValueOrDefault(name)?.Value);
            unit.EnvironmentFiles = SystemdWords.Variables(line).Count > 0 ? environmentFiles : [];
        }

        return unit;
    }

    /// <summary>The file that adds this flag to the command line; the unit itself if that is unknown.</summary>
    public string FileOf(string flag)
    {
        var command = commands[^1];
        if (command.Value.Contains(flag, StringComparison.Ordinal))
        {
            return command.Origin;
        }

        return SystemdWords
            .Variables(command.Value)
            .Select(name => environment.GetValueOrDefault(name))
            .FirstOrDefault(value => value?.Value.Contains(flag, StringComparison.Ordinal) == true)
            ?.Origin
            ?? files[0];
    }

    /// <summary>
    /// The files that set the flag without effect, with the reason: no <c>ExecStart=</c> uses the variable, the
    /// variable is set again, or the <c>ExecStart=</c> is replaced.
    /// </summary>
    public IEnumerable<string> WithoutEffect(string flag)
    {
        IReadOnlySet<string> used =
            commands.Count == 0 ? new HashSet<string>() : SystemdWords.Variables(commands[^1].Value);
        foreach (var (name, value) in assignments.Where(a => a.Value.Value.Contains(flag, StringComparison.Ordinal)))
        {
            if (!used.Contains(name))
            {
                yield return $"\"{value.Origin}\" sets {flag} in {name}, which the unit's ExecStart does not use";
            }
            else if (environment[name] is { } final && final != value)
            {
                yield return $"\"{value.Origin}\" sets {flag} in {name}, which \"{final.Origin}\" sets again";
            }
        }

        foreach (var command in commands.SkipLast(1).Where(c => c.Value.Contains(flag, StringComparison.Ordinal)))
        {
            yield return $"\"{command.Origin}\" sets {flag} in an ExecStart that \"{commands[^1].Origin}\" replaces";
        }
    }

    private void Read(string path, string text, List<string> environmentFiles)
    {
        foreach (var (key, value) in UnitText.ServiceAssignments(text))
        {
            switch (key)
            {
                case "ExecStart":
                    // An empty value resets the list. The earlier commands are kept to report them as replaced.
                    commands.Add(new ValueWithOrigin(value, path));
                    break;
                case "Environment" when value.Length == 0:
                    environment.Clear();
                    break;
                case "Environment":
                    Assign(
                        SystemdWords
                            .Split(value)
                            .Select(word => word.Split('=', 2))
                            .Where(pair => pair.Length == 2)
                            .Select(pair => (pair[0], pair[1])),
                        path
                    );
                    break;
                case "EnvironmentFile" when value.Length == 0:
                    environmentFiles.Clear();
                    break;
                case "EnvironmentFile":
                    environmentFiles.Add(value.TrimStart('-'));
                    break;
                default:
                    break;
            }
        }
    }

    private void Assign(IEnumerable<(string Name, string Value)> variables, string path)
    {
        foreach (var (name, text) in variables)
        {
            var value = new ValueWithOrigin(text, path);
            environment[name] = value;
            assignments.Add((name, value));
        }
    }
}
