// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.RegularExpressions;
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Fuzz.Targets;

/// <summary>The program broke one of its promises.</summary>
internal sealed class BrokenPromiseException(string what) : Exception(what);

/// <summary>What is promised for any input, said independently of the program's own checks.</summary>
internal static partial class Oracle
{
    /// <summary>Memory that a parser may ask for in all, however little it is given.</summary>
    private const long FixedBytes = 512 * 1024;

    /// <summary>Characters of a message: a sentence and the few values that it quotes, each cut to what a line can
    /// bear.</summary>
    private const int LongestMessage = 2048;

    public static void Holds(bool condition, string promise)
    {
        if (!condition)
        {
            throw new BrokenPromiseException(promise);
        }
    }

    /// <summary>
    /// Runs a parser: it may fail only by a <see cref="ProviderException"/> for one of the given reasons, whose text is
    /// one line, and may not allocate more than in proportion to its input.
    /// </summary>
    /// <returns>False when it failed as foreseen.</returns>
    public static bool Succeeds<T>(
        Func<T> parse,
        int inputBytes,
        int bytesForEach,
        out T result,
        params Reason[] foreseen
    )
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            result = parse();
            return true;
        }
        catch (ProviderException e)
        {
            Holds(foreseen.Contains(e.Reason), $"the failure {e.Reason.Id} is documented for this step");
            IsLine(e.Problem, "the problem of a failure");
            IsLine(e.Hint, "the hint of a failure");
            Holds(e.InnerException is null, "a failure has no inner exception that could quote the input");
            result = default!;
            return false;
        }
        finally
        {
            var limit = FixedBytes + ((long)bytesForEach * inputBytes);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (allocated > limit)
            {
                // The first call of a process also pays for tables that the parser keeps: only a warm call counts.
                allocated = AllocatedBy(parse);
            }

            Holds(allocated <= limit, $"{inputBytes} bytes of input cost no {allocated} bytes of memory");
        }
    }

    private static long AllocatedBy<T>(Func<T> parse)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            _ = parse();
        }
        catch (ProviderException)
        {
            // The caller has judged this failure; here only the memory counts.
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>Nothing in it ends a line, moves a cursor or turns the reading direction of a terminal's
    /// line.</summary>
    public static void IsLine(string text, string what)
    {
        Holds(text.Length <= LongestMessage, $"{what} is not longer than {LongestMessage} characters");
        foreach (var character in text)
        {
            Holds(
                !char.IsControl(character) && character is not ('\u2028' or '\u2029'),
                $"{what} is one line without control characters"
            );
        }
    }

    public static void AreLines(IEnumerable<Notice> notices)
    {
        foreach (var notice in notices)
        {
            IsLine(notice.Message, "a notice");
        }
    }

    /// <summary>A repository name as <c>distribution/reference</c> defines it (regexp.go), without tag and
    /// digest.</summary>
    public static bool IsRepositoryName(string name) => name.Length <= 255 && RepositoryName().IsMatch(name);

    public static bool IsDnsLabel(string name) => name.Length <= 63 && DnsLabel().IsMatch(name);

    public static bool IsDnsSubdomain(string name) => name.Length <= 253 && DnsSubdomain().IsMatch(name);

    /// <summary>A file of this name stays in its directory, and is no hidden or special one.</summary>
    public static void IsPlainFileName(string name) =>
        Holds(FileName().IsMatch(name), "the auth file's name is NAMESPACE-SHA256.json");

    /// <summary>As the program's readers decode files: strictly; null when they would refuse the bytes.</summary>
    public static string? Utf8(byte[] bytes)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    [GeneratedRegex(
        @"\A(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)+\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex RepositoryName();

    [GeneratedRegex(@"\A[a-z0-9](?:[-a-z0-9]*[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex DnsLabel();

    [GeneratedRegex(
        @"\A[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex DnsSubdomain();

    [GeneratedRegex(@"\A[a-z0-9](?:[-a-z0-9]*[a-z0-9])?-[0-9a-f]{64}\.json\z", RegexOptions.CultureInvariant)]
    private static partial Regex FileName();
}
