// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using CrioCredentialProvider.Diagnostics;
using KubernetesApiStandIn;

namespace CrioCredentialProvider.TestSupport;

/// <summary>
/// Collects every secret that a test of the suite gives to the program, and everything that the program outputs:
/// stdout, stderr, each journal field at any level, and the messages of its exceptions. When the suite ends, no output
/// may contain a secret; the error names the test.
/// </summary>
public sealed class SuiteSecrets : IDisposable
{
    private static readonly SecretSearch Suite = new();

    public SuiteSecrets()
    {
        AppDomain.CurrentDomain.FirstChanceException += OnException;
        foreach (
            var file in Directory.EnumerateFiles(
                Path.Combine(Repository.Root, "tests", "captures"),
                "*.*",
                SearchOption.AllDirectories
            )
        )
        {
            var bytes = File.ReadAllBytes(file);
            var text = Encoding.UTF8.GetString(bytes);
            Suite.PlantDocument(text[Math.Max(0, text.IndexOf('{', StringComparison.Ordinal))..]);
            if (bytes.AsSpan().IndexOf("\r\n\r\nk8s\0"u8) is >= 0 and var head)
            {
                Suite.PlantDocument(KubernetesProtobuf.Decode(bytes.AsSpan(head + 4)).ToJsonString());
            }
        }
    }

    /// <summary>Records the tokens and secrets of a stand-in.</summary>
    internal static void Planted(ApiServer api)
    {
        foreach (var token in api.Tokens)
        {
            Suite.Plant(token);
        }

        foreach (var secret in api.Secrets)
        {
            Suite.PlantDocument(secret);
        }
    }

    internal static void Planted(string token) => Suite.Plant(token);

    internal static void PlantedDocument(string json) => Suite.PlantDocument(json);

    internal static void Record(RunResult run)
    {
        Suite.Record(run.Stdout);
        Suite.Record(run.Stderr);
    }

    internal static void Record(IReadOnlyDictionary<string, string> entry)
    {
        foreach (var value in entry.Values)
        {
            Suite.Record(value);
        }
    }

    /// <exception cref="InvalidOperationException">An output contains a secret.</exception>
    public void Dispose()
    {
        AppDomain.CurrentDomain.FirstChanceException -= OnException;
        if (Suite.Find() is { } leak)
        {
            throw new InvalidOperationException(leak);
        }
    }

    private static void OnException(object? sender, System.Runtime.ExceptionServices.FirstChanceExceptionEventArgs e)
    {
        if (e.Exception is ProviderException provider)
        {
            Suite.Record(provider.Problem);
            Suite.Record(provider.Hint);
            Suite.Record(provider.InnerException?.ToString() ?? "");
        }
    }
}

/// <summary>Searches the output for planted secrets, or recognizable parts of them.</summary>
internal sealed class SecretSearch
{
    /// <summary>
    /// The minimum length of a secret. Tests use passwords such as "p" and "two", which would be found in any text.
    /// </summary>
    private const int ShortestSecret = 8;

    /// <summary>
    /// Secrets are split into parts of this length, so that a truncated secret, for example in a log line, is found as
    /// well.
    /// </summary>
    private const int PartLength = 32;
    private const int MostParts = 64;

    private readonly ConcurrentDictionary<string, bool> secrets = new();
    private readonly ConcurrentDictionary<string, string> outputs = new();

    /// <summary>Adds a single secret: a token, a password or an auth field.</summary>
    public void Plant(string secret)
    {
        if (secret.Length >= ShortestSecret)
        {
            foreach (
                var part in secret
                    .TrimEnd('=')
                    .Chunk(PartLength)
                    .Take(MostParts)
                    .Where(part => part.Length >= ShortestSecret)
            )
            {
                secrets.TryAdd(new string(part), true);
            }
        }
    }

    /// <summary>
    /// Adds all secrets in a Secret or a SecretList, a docker config, or a request. Other text contains none.
    /// </summary>
    public void PlantDocument(string json)
    {
        try
        {
            // A JsonNode would reject objects with a duplicate key.
            using var document = JsonDocument.Parse(json);
            Plant(document.RootElement);
        }
        catch (JsonException)
        {
            // Some tests use malformed documents on purpose.
        }
    }

    public void Record(string text) => outputs.TryAdd(text, TestContext.Current.Test?.TestDisplayName ?? "no test");

    /// <summary>Null if no output contains a secret; otherwise a report of each output that does.</summary>
    public string? Find()
    {
        var needles = SearchValues.Create([.. secrets.Keys], StringComparison.Ordinal);
        var leaks = outputs
            .Select(output => (output.Key, output.Value, At: output.Key.AsSpan().IndexOfAny(needles)))
            .Where(leak => leak.At >= 0)
            .Select(leak => $"a secret leaked in {leak.Value}, at character {leak.At + 1} of:\n{leak.Key}");
        return string.Join('\n', leaks) is { Length: > 0 } report ? report : null;
    }

    private void Plant(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            element.EnumerateArray().ToList().ForEach(Plant);
        }

        if (element.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var member in element.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.String || !IsSecret(member.Name))
            {
                Plant(member.Value);
                continue;
            }

            var text = member.Value.GetString()!;
            Plant(text);
            if (member.Name == ".dockerconfigjson" && Decode(text) is { } config)
            {
                PlantDocument(config);
            }
            else if (member.Name == "auth" && Decode(text) is { } userAndPassword)
            {
                Plant(userAndPassword[(userAndPassword.IndexOf(':', StringComparison.Ordinal) + 1)..]);
            }
        }
    }

    private static bool IsSecret(string name) =>
        name.ToLowerInvariant()
            is ".dockerconfigjson"
                or ".dockercfg"
                or "auth"
                or "password"
                or "identitytoken"
                or "serviceaccounttoken";

    private static string? Decode(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64.PadRight((base64.Length + 3) / 4 * 4, '='), bytes, out var count)
            ? Encoding.UTF8.GetString(bytes, 0, count)
            : null;
    }
}
