// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using System.Text;
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Tools.Doctor.Report;

/// <summary>
/// One step that fixes a finding. It can be pasted into a shell without harm: values in commands are quoted,
/// explanations are comments, and values in lines for a YAML file are in single quotes, which a shell treats the same
/// way.
/// </summary>
internal sealed record Fix
{
    private Fix(params IReadOnlyList<string> lines) => Lines = lines;

    public IReadOnlyList<string> Lines { get; }

    /// <summary>A command to run.</summary>
    public static Fix Run(ref ShellCommand.Words words) => new(ShellCommand.Of(ref words).Text);

    /// <summary>A manual step, as a comment.</summary>
    public static Fix Note(string text) => new("# " + OneLine.Printable(text));

    /// <summary>A line for the YAML file that the preceding note names.</summary>
    public static Fix Yaml(ref YamlLine line) => new(line.ToString());

    /// <summary>A manifest to apply with kubectl.</summary>
    public static Fix Apply(string manifest) =>
        new(["kubectl apply -f - <<'EOF'", .. manifest.TrimEnd('\n').Split('\n'), "EOF"]);

    /// <summary>
    /// The same step with each line changed. The change must not add anything that a shell would run.
    /// </summary>
    public Fix Rewritten(Func<string, string> change) => new([.. Lines.Select(change)]);

    public bool Equals(Fix? other) => other is not null && Lines.SequenceEqual(other.Lines);

    public override int GetHashCode() => Lines[0].GetHashCode(StringComparison.Ordinal);

    /// <summary>Builds a line of YAML. Values become single-quoted scalars.</summary>
    [InterpolatedStringHandler]
    internal readonly ref struct YamlLine
    {
        private readonly StringBuilder text;

        public YamlLine(int literalLength, int formattedCount) =>
            text = new StringBuilder(literalLength + (formattedCount * 16));

        public void AppendLiteral(string yaml) => text.Append(yaml);

        public void AppendFormatted(string value) =>
            text.Append('\'').Append(value.Replace("'", "''", StringComparison.Ordinal)).Append('\'');

        public override string ToString() => text.ToString();
    }
}
