// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
using System.Text;
using System.Text.RegularExpressions;

namespace CrioCredentialProvider.TestSupport;

/// <summary>The files of <c>tests/scenarios</c>, and the comparison of a run with its scenario.</summary>
internal static partial class ScenarioFolder
{
    public static TheoryData<string> Names =>
        new(
            Directory
                .GetFiles(Folder, "*.txt")
                .Select(path => Path.GetFileNameWithoutExtension(path)!)
                .Order(StringComparer.Ordinal)
        );

    /// <summary>The scenarios that do not set the log level.</summary>
    public static TheoryData<string> NamesAtAnyLevel =>
        new(
            Names
                .Select(row => row.Data)
                .Where(name =>
                    !Read(name)["options"].Contains("LOG_LEVEL", StringComparison.OrdinalIgnoreCase)
                    && !Read(name)["options"].Contains("--log-level", StringComparison.Ordinal)
                )
        );

    public static string Folder => Path.Combine(Repository.Root, "tests", "scenarios");

    public static void Check(string name, ScenarioWorld world, ScenarioResult actual)
    {
        if (ScenarioResult.Difference(name, world.Expected, actual) is { } difference)
        {
            Assert.Fail(difference);
        }

        foreach (
            var secret in Never(Read(name))
                .Concat(world.Tokens)
                .Concat(world.Tokens.Select(token => token.Split('.')[1]))
        )
        {
            Assert.False(
                world.Outputs.Contains(secret, StringComparison.Ordinal),
                $"scenario {name}: \"{secret}\" leaks into\n{world.Outputs}"
            );
        }
    }

    public static ScenarioFile Read(string name)
    {
        try
        {
            return ScenarioFile.Parse(File.ReadAllText(Path.Combine(Folder, name + ".txt")));
        }
        catch (FormatException e)
        {
            throw new FormatException($"scenario {name}: {e.Message}", e);
        }
    }

    public static string[] Never(ScenarioFile scenario) =>
        scenario["never"].Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>
    /// The input of a run as written, and with its base64 decoded twice, because a secret's data contains auth fields.
    /// </summary>
    public static string Inputs(ScenarioFile scenario)
    {
        var text = string.Concat(
            scenario
                .All("secret")
                .Concat(scenario.All("secrets"))
                .Concat(scenario.All("answer"))
                .Concat(scenario.All("earlier auth file"))
                .Select(section => section.Text)
                .Append(scenario["request"])
                .Append(scenario.Find("kubelet auth file"))
                .Append(scenario.Find("kubeconfig"))
                .Append(scenario.Find("registries.conf"))
        );
        for (var depth = 0; depth < 2; depth++)
        {
            text += string.Concat(
                Quoted()
                    .Matches(text)
                    .Select(match => match.Groups[1].Value)
                    .Select(value => value.PadRight((value.Length + 3) / 4 * 4, '='))
                    .Where(value => Base64.IsValid(value))
                    .Select(value => Encoding.UTF8.GetString(Convert.FromBase64String(value)))
            );
        }

        return text;
    }

    [GeneratedRegex("\"([A-Za-z0-9+/=]{8,})\"")]
    private static partial Regex Quoted();
}
