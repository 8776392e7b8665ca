// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text.RegularExpressions;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Architecture;

/// <summary>
/// The banned-API lists hold: a copy of the sources gets a class with every kind of banned call in each folder, is
/// built with the repository's own settings, and each of these lines must be an error.
/// </summary>
[Trait("slow", "yes")]
public sealed partial class WallTests : IDisposable
{
    private static readonly (string What, string Call)[] Calls =
    [
        ("the file system", "System.IO.File.ReadAllText(\"/etc/passwd\")"),
        ("the file system", "System.IO.Directory.GetFiles(\"/\")"),
        ("the file system", "new System.IO.FileInfo(\"/\")"),
        ("the file system", "new System.IO.FileStream(\"/x\", System.IO.FileMode.Open)"),
        ("the network", "new System.Net.Http.SocketsHttpHandler()"),
        ("the network", "new System.Net.Http.HttpClient()"),
        ("the network", "System.Net.Dns.GetHostName()"),
        ("the network", "new System.Net.Sockets.TcpClient()"),
        ("processes", "System.Diagnostics.Process.Start(\"/bin/true\")"),
        ("predictable numbers", "new System.Random()"),
    ];

    /// <summary>What the kubelet's run may not use outside its edges, and other projects may.</summary>
    private static readonly (string What, string Call)[] ProviderCalls =
    [
        ("the file system", "System.IO.RandomAccess.GetLength(null!)"),
        ("the file system", "new System.IO.StreamReader(\"/x\")"),
        ("the clock", "System.DateTimeOffset.UtcNow"),
        ("the clock", "System.DateTime.Now"),
        ("the clock", "System.TimeProvider.System"),
        ("the clock", "System.Diagnostics.Stopwatch.GetTimestamp()"),
        ("the environment", "System.Environment.GetEnvironmentVariable(\"HOME\")"),
        ("the standard streams", "System.Console.Out"),
        ("threads", "new System.Threading.Thread(() => { })"),
        ("threads", "System.Threading.Tasks.Task.Run(() => { })"),
        ("threads", "System.Threading.Tasks.Task.Delay(1)"),
        ("libc", "CrioCredentialProvider.Linux.Libc.UniqueName()"),
        ("libc", "System.Runtime.InteropServices.Marshal.GetLastPInvokeError()"),
    ];

    private readonly string copy = Directory.CreateTempSubdirectory("crio-cp-walls-").FullName;

    public void Dispose() => Directory.Delete(copy, recursive: true);

    [Fact]
    public void In_each_folder_each_banned_call_is_an_error()
    {
        foreach (
            var file in new[] { ".editorconfig", "global.json", "Directory.Build.props", "Directory.Packages.props" }
        )
        {
            File.Copy(Path.Combine(Repository.Root, file), Path.Combine(copy, file));
        }

        var sources = Path.Combine(Repository.Root, "src");
        foreach (var file in Directory.EnumerateFiles(sources, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(copy, "src", Path.GetRelativePath(sources, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        // Each project in turn: one that is referred to must build for the next.
        foreach (var project in new[] { "Linux", "Provider", "Tools", "crio-credential-provider" })
        {
            var root = Path.Combine(copy, "src", project);
            var planted = Directory
                .EnumerateDirectories(root, "*", SearchOption.AllDirectories)
                .Append(root)
                .SelectMany(
                    (folder, number) =>
                        Plant(folder, number, project == "Provider" ? [.. Calls, .. ProviderCalls] : Calls)
                )
                .ToList();
            Assert.Equal([], planted.Except(ErrorsOf(project)).Order(StringComparer.Ordinal));
            Directory.EnumerateFiles(root, "Planted.cs", SearchOption.AllDirectories).ToList().ForEach(File.Delete);
        }
    }

    /// <summary>Writes the class.</summary>
    /// <returns>FILE(LINE for each call, which is how the compiler names the place.</returns>
    private List<string> Plant(string folder, int number, (string What, string Call)[] calls)
    {
        var file = Path.Combine(folder, "Planted.cs");
        List<string> lines = ["using System.Xml;", "namespace Planted;", $"internal static class Planted{number}", "{"];
        // Nothing of that namespace is used.
        List<string> places = [$"{Path.GetRelativePath(copy, file)}(1"];
        foreach (var (what, call) in calls)
        {
            lines.Add($"    public static object? Call{lines.Count}() => {call}; // {what}");
            places.Add($"{Path.GetRelativePath(copy, file)}({lines.Count}");
        }

        lines.Add("}");
        File.WriteAllLines(file, lines);
        return places;
    }

    private HashSet<string> ErrorsOf(string project)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            ["build", $"src/{project}", "-c", "Release", "-nologo", "-v", "quiet", "-nodeReuse:false"]
        )
        {
            WorkingDirectory = copy,
            RedirectStandardOutput = true,
        };
        using var build = Process.Start(start)!;
        var output = build.StandardOutput.ReadToEnd();
        build.WaitForExit();
        return [.. Place().Matches(output).Select(match => Path.GetRelativePath(copy, match.Groups[1].Value))];
    }

    [GeneratedRegex(@"(\S*Planted\.cs\(\d+),\d+\): error (RS0030|IDE0005)")]
    private static partial Regex Place();
}
