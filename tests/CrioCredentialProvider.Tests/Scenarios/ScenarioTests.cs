using System.Buffers.Text;
using System.Text;
using System.Text.RegularExpressions;
using CrioCredentialProvider.Tests.Support;

namespace CrioCredentialProvider.Tests.Scenarios;

/// <summary>Every file of <c>tests/scenarios</c>, in this process and against the published binary.</summary>
public sealed partial class ScenarioTests
{
    public static TheoryData<string> Names => new(Directory
        .GetFiles(Folder, "*.txt")
        .Select(path => Path.GetFileNameWithoutExtension(path)!)
        .Order(StringComparer.Ordinal));

    /// <summary>Those that leave the level to the runner.</summary>
    public static TheoryData<string> NamesAtAnyLevel => new(Names
        .Select(row => row.Data)
        .Where(name => !Read(name)["options"].Contains("LOG_LEVEL", StringComparison.OrdinalIgnoreCase)
            && !Read(name)["options"].Contains("--log-level", StringComparison.Ordinal)));

    private static string Folder => Path.Combine(Repository.Root, "tests", "scenarios");

    [Theory]
    [MemberData(nameof(Names))]
    public async Task In_process_the_scenario_comes_out_as_written(string name)
    {
        using var world = new ScenarioWorld(Read(name));
        Check(name, world, await world.RunInProcessAsync());
    }

    [Theory]
    [MemberData(nameof(NamesAtAnyLevel))]
    public async Task At_debug_level_the_scenario_comes_out_the_same_and_tells_no_secret(string name)
    {
        using var world = new ScenarioWorld(Read(name));
        Check(name, world, await world.RunInProcessAsync("--log-level=debug"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_published_binary_does_as_the_scenario_says(string name)
    {
        using var world = new ScenarioWorld(Read(name));
        Check(name, world, world.RunPublished());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_must_never_appear_was_really_planted(string name)
    {
        var scenario = Read(name);
        var planted = Inputs(scenario);
        Assert.All(Never(scenario), secret => Assert.Contains(secret, planted, StringComparison.Ordinal));
    }

    [Fact]
    public void No_file_of_the_folder_is_overlooked()
    {
        Assert.Equal(
            Names.Select(row => row.Data + ".txt").Append("README.md").Order(StringComparer.Ordinal),
            Directory.GetFileSystemEntries(Folder).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));
        Assert.InRange(Names.Count, 25, 1000);
    }

    private static void Check(string name, ScenarioWorld world, ScenarioResult actual)
    {
        if (ScenarioResult.Difference(name, world.Expected, actual) is { } difference)
        {
            Assert.Fail(difference);
        }

        foreach (var secret in Never(Read(name)).Concat(world.Tokens).Concat(world.Tokens.Select(token => token.Split('.')[1])))
        {
            Assert.False(world.Outputs.Contains(secret, StringComparison.Ordinal), $"scenario {name}: \"{secret}\" leaks into\n{world.Outputs}");
        }
    }

    internal static ScenarioFile Read(string name)
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

    private static string[] Never(ScenarioFile scenario) =>
        scenario["never"].Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>What goes into a run, as written and with its base64 decoded, twice over: a secret's data holds auth fields.</summary>
    private static string Inputs(ScenarioFile scenario)
    {
        var text = string.Concat(
            scenario.All("secret").Concat(scenario.All("secrets")).Concat(scenario.All("answer")).Concat(scenario.All("earlier auth file"))
                .Select(section => section.Text)
                .Append(scenario["request"]).Append(scenario.Find("kubelet auth file")).Append(scenario.Find("kubeconfig")));
        for (var depth = 0; depth < 2; depth++)
        {
            text += string.Concat(Quoted().Matches(text)
                .Select(match => match.Groups[1].Value)
                .Select(value => value.PadRight((value.Length + 3) / 4 * 4, '='))
                .Where(value => Base64.IsValid(value))
                .Select(value => Encoding.UTF8.GetString(Convert.FromBase64String(value))));
        }

        return text;
    }

    [GeneratedRegex("\"([A-Za-z0-9+/=]{8,})\"")]
    private static partial Regex Quoted();
}
