// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using System.Text;

namespace CrioCredentialProvider.Diagnostics;

/// <summary>
/// What was built, from what. The names are those of the Go original's <c>--version-json</c>, so that inventories that
/// read it go on working; <c>goVersion</c> names the .NET runtime that is compiled in.
/// </summary>
internal static class BuildInfo
{
    /// <summary>The program's name, as people type it and messages begin with it.</summary>
    public const string Program = "crio-credential-provider";

    /// <summary>Such as <c>0.1.0</c>.</summary>
    public const string Version = BuildFacts.Version;

    private static (string Name, string Value)[] Facts =>
        [
            ("version", Version),
            ("gitCommit", BuildFacts.GitCommit),
            ("gitCommitDate", BuildFacts.GitCommitDate),
            ("buildDate", BuildFacts.GitCommitDate),
            ("goVersion", RuntimeInformation.FrameworkDescription),
            ("compiler", "ilc"),
            ("platform", "linux/" + (RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "amd64")),
            ("ldFlags", "none"),
        ];

    /// <summary>One <c>Name:  value</c> a line, values in one column.</summary>
    public static string Text
    {
        get
        {
            var text = new StringBuilder();
            foreach (var (name, value) in Facts)
            {
                var label = name == "ldFlags" ? "LDFlags:" : char.ToUpperInvariant(name[0]) + name[1..] + ":";
                text.Append(label.PadRight(15)).Append(value).Append('\n');
            }

            text.Append("Dependencies:\n");
            foreach (var dependency in Dependencies)
            {
                text.Append("  ").Append(dependency).Append('\n');
            }

            return text.ToString();
        }
    }

    /// <summary>One JSON object, indented by two spaces; no value needs escaping.</summary>
    public static string Json
    {
        get
        {
            var text = new StringBuilder("{\n");
            foreach (var (name, value) in Facts)
            {
                text.Append("  \"").Append(name).Append("\": \"").Append(value).Append("\",\n");
            }

            return text.Append("  \"dependencies\": [\n    \"")
                .AppendJoin("\",\n    \"", Dependencies)
                .Append("\"\n  ]\n}\n")
                .ToString();
        }
    }

    private static string[] Dependencies => BuildFacts.Dependencies.Split(',');
}
