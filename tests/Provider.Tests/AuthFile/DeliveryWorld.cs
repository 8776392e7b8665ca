// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.RegularExpressions;
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Journal;
using CrioCredentialProvider.Matching;

namespace CrioCredentialProvider.Tests.AuthFile;

/// <summary>Runs of one account that deliver a file for the article's image, and what their journal says.</summary>
internal sealed partial class DeliveryWorld : IDisposable
{
    /// <summary>An untaken file of another namespace.</summary>
    private const string Leftover = "team-a-7e59ad64326bc321517fb6fc6586de5ee149178394d9edfa2a877176cdf6fad5.json";

    /// <summary>What a run says that has removed that file.</summary>
    public const string RemovedLeftover = $"Info Removed auth file AUTH/{Leftover} of an earlier pull";

    public static readonly AuthFileContent Content = ContentOf("secret");

    public DeliveryWorld() => Journal = new RunJournal(Keep, "run", Priority.Debug, terminal: null);

    public HandOverWorld HandOver { get; } = new();

    public RunJournal Journal { get; }

    /// <summary>Each entry as priority and message, with <c>FILE</c> and <c>AUTH</c> for the paths and <c>N</c> for a
    /// number of milliseconds.</summary>
    public List<string> Messages { get; } = [];

    public void Dispose() => HandOver.Dispose();

    /// <summary>One entry with this password.</summary>
    public static AuthFileContent ContentOf(string password) =>
        new(
            new SortedDictionary<string, AuthFileEntry>(StringComparer.Ordinal)
            {
                ["quay.io"] = new(
                    new Credential(
                        new SecretBytes("me"u8.ToArray()),
                        new SecretBytes(Encoding.UTF8.GetBytes(password)),
                        null
                    )
                ),
            },
            [],
            new Dictionary<string, byte[]>()
        );

    /// <param name="timeout">In seconds; without turns if it is zero.</param>
    public AuthFileDelivery Delivery(int timeout = 10) =>
        new(HandOver.Settings(TimeSpan.FromSeconds(timeout)), "default", HandOverWorld.Image, "me", Journal);

    /// <summary>Old enough that every sweep removes it.</summary>
    public void AddLeftover()
    {
        File.WriteAllText(HandOver.At($"auth/{Leftover}"), "");
        File.SetLastWriteTimeUtc(HandOver.At($"auth/{Leftover}"), DateTime.UtcNow.AddHours(-2));
    }

    [GeneratedRegex(@"after \d+ ms")]
    private static partial Regex Duration { get; }

    private void Keep(ReadOnlyMemory<byte> datagram)
    {
        var fields = Encoding
            .UTF8.GetString(datagram.Span)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(field => field.Split('=', 2))
            .ToDictionary(field => field[0], field => field[1]);
        var message = fields["MESSAGE"]
            .Replace(HandOver.FilePath, "FILE", StringComparison.Ordinal)
            .Replace(HandOver.At("auth"), "AUTH", StringComparison.Ordinal);
        Messages.Add($"{(Priority)int.Parse(fields["PRIORITY"])} {Duration.Replace(message, "after N ms")}");
    }
}
