// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Linux;

namespace CrioCredentialProvider;

/// <summary>
/// Everything outside the process that is not named by an option: streams, environment, clock, and the places where
/// Kubernetes distributions keep their files. Tests build one on a temporary folder.
/// </summary>
internal sealed record Node
{
    /// <summary>Where the kubelet and the distribution keep what leads to the API server.</summary>
    public Secrets.ApiServerFiles ApiFiles { get; init; } = new();

    /// <summary>What the machine remembers of short names.</summary>
    public string ShortNameCache { get; init; } = Mirrors.RegistriesConfPaths.UsualShortNameCache;

    public required Stream Stdin { get; init; }

    public required Stream Stdout { get; init; }

    public required TextWriter Stderr { get; init; }

    public required bool StdinIsTerminal { get; init; }

    public required bool StderrIsTerminal { get; init; }

    public required bool StdoutIsTerminal { get; init; }

    public required Func<string, string?> Environment { get; init; }

    /// <summary>The names of the environment's variables.</summary>
    public Func<IEnumerable<string>> VariableNames { get; init; } = () => [];

    /// <summary>The width of the terminal that stdout is; null if it is not one, or does not know its width.</summary>
    public Func<int?> Columns { get; init; } = () => null;

    public required Func<DateTimeOffset> Clock { get; init; }

    /// <summary>How long this run has taken so far.</summary>
    public Func<TimeSpan> Elapsed { get; init; } = SinceNow();

    /// <summary>Joins the journal entries of one run; unpredictable.</summary>
    public string RunId { get; init; } = Libc.UniqueName();

    /// <summary>The time since the start of the machine, which nobody can set.</summary>
    public Func<TimeSpan> BootClock { get; init; } = Libc.BootTime;

    /// <summary>Sends one journal datagram; replaced in tests.</summary>
    public required Func<string, Action<ReadOnlyMemory<byte>>> OpenJournal { get; init; }

    /// <summary>Why the kernel did not let this process forbid core dumps; null if it did.</summary>
    public string? DumpProblem { get; init; }

    /// <summary>
    /// Gives up what the run does not need to talk to the network, and says what the kernel refused. Null in tests, and
    /// for commands that people call.
    /// </summary>
    public Func<SandboxNeeds, IReadOnlyList<string>>? EnterSandbox { get; init; }

    /// <summary>The real one.</summary>
    /// <param name="environment">Variables as they were when the process started.</param>
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
    /// <returns>The given exit code; 1 when stdout cannot be written; stderr then has the reason.</returns>
    public int Print(string text, int exitCode = 0)
    {
        try
        {
            Stdout.Write(System.Text.Encoding.UTF8.GetBytes(text));
            return exitCode;
        }
        catch (BrokenPipeException)
        {
            // The reader has seen enough, such as head.
            return exitCode;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Tell($"stdout cannot be written: {Diagnostics.OneLine.Of((e.InnerException ?? e).Message)}");
            return 1;
        }
    }

    /// <summary>Says something to people. Nobody can be told when stderr itself is closed or full: that is no
    /// failure.</summary>
    public void Tell(string line)
    {
        try
        {
            Stderr.WriteLine(line);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The exit code and the journal remain.
        }
    }

    private static Func<TimeSpan> SinceNow()
    {
        var start = System.Diagnostics.Stopwatch.GetTimestamp();
        return () => System.Diagnostics.Stopwatch.GetElapsedTime(start);
    }
}
