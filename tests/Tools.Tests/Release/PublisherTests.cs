// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tests.Generate;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Release;

/// <summary>
/// <c>packaging/publisher</c> names the publisher. It is a placeholder here: a fork that releases sets it, and a
/// release is refused until every page that names it agrees.
/// </summary>
public sealed class PublisherTests : IDisposable
{
    private const string Placeholder = "security@crio-credential-provider.invalid";

    /// <summary>Where people look for it.</summary>
    private static readonly string[] Pages = ["SECURITY.md", "CODE_OF_CONDUCT.md"];

    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_contact_is_where_people_look_for_it_and_nowhere_else()
    {
        var contact = Contact();
        var run = InProcess.Execute("git", "-C", Repository.Root, "grep", "-lF", contact);
        Assert.Equal(
            Pages.Append("packaging/publisher").Append("tests/Tools.Tests/Release/PublisherTests.cs").Order(),
            run.Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order()
        );
    }

    [Fact]
    public void A_release_is_refused_while_it_is_the_placeholder()
    {
        Copy();
        var run = Check();
        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"set contact in packaging/publisher: \"{Placeholder}\"", run.Stderr, StringComparison.Ordinal);
        Assert.Contains("set url in packaging/publisher: ", run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public void A_release_is_refused_while_a_page_has_another_contact()
    {
        Copy();
        SetPublisher();
        var run = Check();
        Assert.Equal(1, run.ExitCode);
        Assert.Equal(
            Pages.Select(page => $"publisher: {page} does not name \"team@example.com\""),
            run.Stderr.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        );
    }

    [Fact]
    public void With_one_contact_everywhere_a_release_may_go_on()
    {
        Copy();
        SetPublisher();
        foreach (var page in Pages)
        {
            var at = Path.Combine(folder, page);
            File.WriteAllText(
                at,
                File.ReadAllText(at).Replace(Placeholder, "team@example.com", StringComparison.Ordinal)
            );
        }

        Assert.Equal(new CommandResult(0, "", ""), Check());
    }

    private static string Contact() =>
        InProcess.Execute(Path.Combine(Repository.Root, "scripts/publisher"), "contact").Stdout.Trim();

    private void Copy()
    {
        foreach (var file in Pages.Append("packaging/publisher").Append("scripts/publisher"))
        {
            var to = Path.Combine(folder, file);
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(Path.Combine(Repository.Root, file), to);
        }
    }

    private void SetPublisher() =>
        File.WriteAllText(
            Path.Combine(folder, "packaging/publisher"),
            "contact=team@example.com\nurl=https://example.com/provider\n"
        );

    private CommandResult Check() => InProcess.Execute(Path.Combine(folder, "scripts/publisher"), "check");
}
