// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Linux;

namespace CrioCredentialProvider;

/// <summary>
/// Everything outside the process that no option names: streams, environment, clock, and the places where Kubernetes
/// distributions keep their files. Tests create one for a temporary directory.
/// </summary>
internal sealed record Node
{
    /// <summary>Where the kubelet and the distribution keep the files that lead to the API server.</summary>
    public Secrets.ApiServerFiles ApiFiles { get; init; } = new();

    /// <summary>The file in which the machine caches the names that short names resolved to.</summary>
    public string ShortNameCache { get; init; } = Mirrors.RegistriesConfPaths.UsualShortNameCache;

    public required Stream Stdin { get; init; }

    public required Stream Stdout { get; init; }

    public required TextWriter Stderr { get; init; }

    public required bool StdinIsTerminal { get; init; }

    public required bool StderrIsTerminal { get; init; }

    public required bool StdoutIsTerminal { get; init; }

    public required Func<string, string?> Environment { get; init; }

    /// <summary>The home directory; root's if the environment names none (Go's os.UserHomeDir, os/user).</summary>
    public string Home => Environment("HOME") is { Length: > 0 } home ? home : "/root";

    /// <summary>The names of the environment variables.</summary>
    public Func<IEnumerable<string>> VariableNames { get; init; } = () => [];

    /// <summary>The terminal's width if stdout is a terminal with a known width; otherwise null.</summary>
    public Func<int?> Columns { get; init; } = () => null;

    public required Func<DateTimeOffset> Clock { get; init; }

    /// <summary>How long this run has taken so far.</summary>
    public Func<TimeSpan> Elapsed { get; init; } = SinceNow();

    /// <summary>Correlates the journal entries of one run; unpredictable.</summary>
    public string RunId { get; init; } = Libc.UniqueName();

    /// <summary>The time since the machine started. This clock cannot be set.</summary>
    public Func<TimeSpan> BootClock { get; init; } = Libc.BootTime;

    /// <summary>Sends one journal datagram; replaced in tests.</summary>
    public required Func<string, Action<ReadOnlyMemory<byte>>> OpenJournal { get; init; }

    /// <summary>Why the kernel did not let this process disable core dumps; null if it did.</summary>
    public string? DumpProblem { get; init; }

    /// <summary>
    /// Drops what the run does not need once it uses the network, and returns what the kernel refused. Null in tests
    /// and for commands that people run.
    /// </summary>
    public Func<SandboxNeeds, IReadOnlyList<string>>? EnterSandbox { get; init; }

    /// <summary>The node that the process runs on.</summary>
    /// <param name="environment">The environment as it was when the process started.</param>
    public static Node Create(Func<string, string?> environment)
    {
        ProcessStart.OccupyStandardStreams();
        return new Node
        {
            Stdin = new StandardStream(0),
            Stdout = new StandardStream(1),
            Stderr = new StreamWriter(new StandardStream(2), new System.Text.UTF8Encoding(false)) { AutoFlush = true },
            StdinIsTerminal = Libc.Isatty(0) == 1,
            StderrIsTerminal = Libc.Isatty(2) == 1,
            StdoutIsTerminal = Libc.Isatty(1) == 1,
            Environment = environment,
            ApiFiles = new Secrets.ApiServerFiles
            {
                SystemStoreFile = environment("SSL_CERT_FILE"),
                SystemStoreDirectory = environment("SSL_CERT_DIR"),
            },
            VariableNames = () => System.Environment.GetEnvironmentVariables().Keys.Cast<string>(),
            Columns = () => Libc.TerminalColumns(1),
            Clock = () => DateTimeOffset.UtcNow,
            OpenJournal = path => new Journal.JournalSink(path).Send,
        };
    }

    /// <summary>Writes a command's output to stdout.</summary>
    /// <returns>The given exit code, or 1 if stdout cannot be written; the reason is then printed on stderr.</returns>
    public int Print(string text, int exitCode = 0)
    {
        try
        {
            Stdout.Write(System.Text.Encoding.UTF8.GetBytes(text));
            return exitCode;
        }
        catch (BrokenPipeException)
        {
            // The reader, for example head, has closed the pipe.
            return exitCode;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Report($"stdout cannot be written: {Diagnostics.OneLine.Of((e.InnerException ?? e).Message)}");
            return 1;
        }
    }

    /// <summary>Prints a line on stderr. A closed or full stderr is not a failure, because there is nowhere left to
    /// report it.</summary>
    public void Report(string line)
    {
        try
        {
            Stderr.WriteLine(line);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The exit code and the journal still report the problem.
        }
    }

    private static Func<TimeSpan> SinceNow()
    {
        var start = System.Diagnostics.Stopwatch.GetTimestamp();
        return () => System.Diagnostics.Stopwatch.GetElapsedTime(start);
    }
}
