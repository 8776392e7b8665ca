// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Docs;

/// <summary>
/// The pictures in docs/pictures show what the program prints and what the pages' tables say. <c>make pictures</c>
/// draws them anew: it copies what these tests draw into build/pictures.
/// </summary>
public sealed class PictureTests
{
    private static readonly (string Picture, string Command)[] Commands =
    [
        ("explain", "crio-credential-provider explain quay.io/team/app:1.2 --token-file token"),
        ("doctor", "crio-credential-provider doctor --token-file token"),
    ];

    [Fact]
    public void The_pictures_of_commands_show_what_a_terminal_shows()
    {
        using var node = new DocumentExamplesNode("picture");
        var drawn = Commands
            .Select(each =>
                Drawn(
                    each.Picture,
                    Draw(
                        "terminal-picture",
                        ["-v", "columns=112"],
                        "\u001b[2m$\u001b[0m "
                            + $"\u001b[1m{each.Command}\u001b[0m\n{node.Run("NO_COLOR= TERM=xterm " + each.Command).Output}"
                    )
                )
            )
            .ToList();
        Assert.Equal(Commands.Select(each => Kept(each.Picture)), drawn);
    }

    [Fact]
    public void The_plot_of_the_cost_shows_the_pages_table()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs/reference/performance.md"));
        Assert.Equal(Kept("cost"), Drawn("cost", Draw("plot-cost", [], page)));
    }

    private static string Draw(string script, string[] arguments, string input)
    {
        var run = PublishedBinary.RunIn(
            Path.Combine(Repository.Root, "scripts", script),
            Encoding.UTF8.GetBytes(input),
            [("PATH", Environment.GetEnvironmentVariable("PATH")!)],
            arguments
        );
        Assert.Equal((0, ""), (run.ExitCode, run.Stderr));
        return run.Stdout;
    }

    /// <summary>For <c>make pictures</c>.</summary>
    private static string Drawn(string picture, string svg)
    {
        var folder = Path.Combine(Repository.Root, "build/pictures");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, picture + ".svg"), svg);
        return svg;
    }

    private static string Kept(string picture)
    {
        var file = Path.Combine(Repository.Root, "docs/pictures", picture + ".svg");
        return File.Exists(file) ? File.ReadAllText(file) : "";
    }
}
