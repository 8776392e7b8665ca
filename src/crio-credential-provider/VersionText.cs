// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json.Nodes;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.Commands;

namespace CrioCredentialProvider.CommandLine;

/// <summary>The facts of the build, as <c>--version</c>, <c>--version-json</c> and <c>version</c> print them.</summary>
internal static class VersionText
{
    /// <summary>One <c>Name:  value</c> per line, with aligned values.</summary>
    public static string Text
    {
        get
        {
            var text = new StringBuilder();
            foreach (var (name, value) in BuildInfo.Facts)
            {
                var label = name == "ldFlags" ? "LDFlags:" : char.ToUpperInvariant(name[0]) + name[1..] + ":";
                text.Append(label.PadRight(16))
                    .Append(value ?? (BuildInfo.Linkage == "static" ? "unknown" : "the node's"))
                    .Append('\n');
            }

            text.Append("Dependencies:\n");
            foreach (var dependency in BuildInfo.Dependencies)
            {
                text.Append("  ").Append(dependency).Append('\n');
            }

            return text.ToString();
        }
    }

    /// <summary>One JSON object.</summary>
    public static string Json
    {
        get
        {
            var facts = new JsonObject();
            foreach (var (name, value) in BuildInfo.Facts)
            {
                facts[name] = value;
            }

            facts["dependencies"] = JsonText.List(BuildInfo.Dependencies);
            return JsonText.Of(facts);
        }
    }
}
