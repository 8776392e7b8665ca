// SPDX-License-Identifier: Apache-2.0
using System.Reflection;
using System.Text.RegularExpressions;
using CrioCredentialProvider.CommandLine;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.TestSupport;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.Doctor.Checks;

namespace CrioCredentialProvider.Tests.Docs;

/// <summary>Flags, variables, ids, files and pages that the documents name exist.</summary>
public sealed partial class DocumentExamplesNamesTests
{
    /// <summary>Flags of the programs around this one, which the pages may name.</summary>
    private static readonly string[] OthersFlags =
    [
        // kubelet
        "--image-credential-provider-config",
        "--image-credential-provider-bin-dir",
        "--feature-gates",
        "--kubeconfig",
        "--bootstrap-kubeconfig",
        // kube-apiserver
        "--service-account-issuer",
        "--api-audiences",
        // CRI-O
        "--namespaced-auth-dir",
        "--registries-conf",
        "--registries-conf-dir",
        // helm
        "--create-namespace",
        "--reuse-values",
        "--set",
        // kubectl, journalctl, skopeo, curl
        "--audience",
        "--namespace",
        "--serviceaccount",
        "--resource-name",
        "--resource",
        "--verb",
        "--authfile",
        "--docker-server",
        "--since",
        "--debug",
        "--image",
        "--http1",
        "--cacert",
        "--bound-object-kind",
        "--bound-object-name",
        "--bound-object-uid",
    ];

    public static TheoryData<string> Pages => [.. DocumentExamplesBlock.Pages];

    /// <summary>A decision may name flags of compilers and of what was not taken.</summary>
    public static TheoryData<string> PagesButDecisions =>
        [.. DocumentExamplesBlock.Pages.Where(page => !page.StartsWith("docs/adr/", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(PagesButDecisions))]
    public void Each_flag_exists(string page)
    {
        string[] known =
        [
            "--help",
            "--version",
            "--version-json",
            .. OthersFlags,
            // A page may show what becomes of a mistake.
            .. Unknown().Matches(Read(page)).Select(match => match.Groups["flag"].Value),
            .. OptionTable.Options.Select(option => "--" + option.Flag),
            .. All(CommandTable.Commands).SelectMany(command => command.Options).Select(option => "--" + option.Flag),
        ];
        Assert.Equal(
            [],
            Code(page).SelectMany(code => Flag().Matches(code).Select(match => match.Value)).Distinct().Except(known)
        );
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Each_variable_exists(string page)
    {
        string[] known =
        [
            .. OptionTable.Options.Select(option => option.EnvironmentVariable),
            .. Regex
                .Matches(Read("docs/reference/journal.md"), "`(CRIO_CP_[A-Z_]+)`")
                .Select(match => match.Groups[1].Value),
            .. TestVariables(),
        ];
        Assert.Equal([], Variable().Matches(Read(page)).Select(match => match.Value).Distinct().Except(known));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Each_id_exists(string page)
    {
        var known = typeof(Reasons)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => ((Reason)field.GetValue(null)!).Id)
            .Concat(CheckTable.Checks.Select(check => check.Id));
        Assert.Equal([], Id().Matches(Read(page)).Select(match => match.Value).Distinct().Except(known));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Each_file_of_the_repository_exists(string page) =>
        Assert.Equal(
            [],
            Code(page)
                .SelectMany(code => RepositoryFile().Matches(code).Select(match => match.Value.TrimEnd('.', ',', '/')))
                .Distinct()
                .Where(path => !Path.Exists(Path.Combine(Repository.Root, path)))
        );

    [Theory]
    [MemberData(nameof(Pages))]
    public void Each_link_leads_to_a_page_and_to_a_heading_in_it(string page)
    {
        foreach (
            var target in Link()
                .Matches(WithoutBlocks(page))
                .Select(match => match.Groups["target"].Value)
                .Where(target => !Scheme().IsMatch(target))
        )
        {
            var parts = target.Split('#');
            var file = parts[0].Length == 0 ? page : Path.Combine(Path.GetDirectoryName(page)!, parts[0]);
            Assert.True(Path.Exists(Path.Combine(Repository.Root, file)), $"{page}: {target}");
            Assert.True(parts.Length == 1 || Anchors(file).Contains(parts[1]), $"{page}: no heading for {target}");
        }
    }

    [Fact]
    public void Each_page_is_in_the_index()
    {
        var index = Link()
            .Matches(Read("docs/README.md"))
            .Select(match => match.Groups["target"].Value.Split('#')[0])
            .ToHashSet();
        Assert.Equal(
            [],
            DocumentExamplesBlock
                .Pages.Where(page => page.StartsWith("docs/", StringComparison.Ordinal) && page != "docs/README.md")
                .Select(page => page["docs/".Length..])
                .Where(page => !page.StartsWith("adr/0", StringComparison.Ordinal) && !index.Contains(page))
        );
    }

    [Fact]
    public void The_readme_fits_on_two_screens() =>
        Assert.InRange(File.ReadLines(Path.Combine(Repository.Root, "README.md")).Count(), 20, 100);

    /// <summary>Variables that the tests and scripts themselves read.</summary>
    private static IEnumerable<string> TestVariables() =>
        Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*.cs", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "scripts")))
            .SelectMany(file => Variable().Matches(File.ReadAllText(file)).Select(match => match.Value));

    private static IEnumerable<Command> All(IEnumerable<Command> commands) =>
        commands.SelectMany(command => All(command.Subcommands).Prepend(command));

    private static string Read(string page) => File.ReadAllText(Path.Combine(Repository.Root, page));

    /// <summary>The spans in backticks, and the commands in blocks that start this program.</summary>
    private static IEnumerable<string> Code(string page) =>
        Span()
            .Matches(WithoutBlocks(page))
            .Select(match => match.Groups["code"].Value)
            .Concat(
                DocumentExamplesBlock
                    .Of(page)
                    .Where(block => block.Kind is "sh" or "console" && !block.Directives.ContainsKey("checked"))
                    .SelectMany(block => block.Lines)
                    .Where(line =>
                        line.Contains("crio-credential-provider ", StringComparison.Ordinal)
                        && !line.Contains("kubectl", StringComparison.Ordinal)
                    )
            );

    private static string WithoutBlocks(string page)
    {
        var lines = File.ReadAllLines(Path.Combine(Repository.Root, page));
        foreach (var block in DocumentExamplesBlock.Of(page))
        {
            for (var i = 0; i < block.Lines.Count + 2; i++)
            {
                lines[block.Line - 1 + i] = "";
            }
        }

        return string.Join('\n', lines);
    }

    /// <summary>As forges make them: lower case, blanks become dashes, other signs go.</summary>
    private static HashSet<string> Anchors(string page) =>
        [
            .. WithoutBlocks(page)
                .Split('\n')
                .Where(line => line.StartsWith('#'))
                .Select(line =>
                    string.Concat(
                            line.TrimStart('#')
                                .Trim()
                                .ToLowerInvariant()
                                .Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_')
                        )
                        .Replace(' ', '-')
                ),
        ];

    [GeneratedRegex("(?<![\\w-])--[a-z][a-z0-9-]*[a-z0-9]")]
    private static partial Regex Flag();

    [GeneratedRegex("unknown flag \"(?<flag>--[a-z-]+)\"")]
    private static partial Regex Unknown();

    [GeneratedRegex("CRIO_CP_[A-Z_]*[A-Z]")]
    private static partial Regex Variable();

    [GeneratedRegex("\\bCP[0-9]{3}\\b")]
    private static partial Regex Id();

    [GeneratedRegex("(?<![\\w/.<-])(deploy|docs|packaging|scripts|src|tests)/[\\w./-]+")]
    private static partial Regex RepositoryFile();

    [GeneratedRegex("\\]\\((?<target>[^)]+)\\)")]
    private static partial Regex Link();

    /// <summary>Of a link that leads out of the repository, where no test looks.</summary>
    [GeneratedRegex("^[a-z][a-z0-9+.-]*:")]
    private static partial Regex Scheme();

    [GeneratedRegex("`(?<code>[^`\n]+(\n[^`\n]+)?)`")]
    private static partial Regex Span();
}
