using System.Text.Json;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Secrets;

namespace CrioCredentialProvider.Fuzz.Targets;

/// <summary>
/// The API server's answer in pieces, as the network cuts it: what is read is independent of the cuts, and equal to what
/// a reader of the whole document finds.
/// </summary>
internal static class SecretListTarget
{
    private const string Namespace = "team-a";

    public static void Run(byte[] input)
    {
        Check(input, SecretDocument.List);
        Check(input, SecretDocument.One);
    }

    private static void Check(byte[] input, SecretDocument expected)
    {
        var whole = Read(input, expected, () => input.Length);
        var cuts = (uint)input.Length;
        foreach (var b in input)
        {
            cuts = (cuts ^ b) * 16777619;
        }

        IsSame(whole, Read(input, expected, () => 1), "byte by byte");
        IsSame(whole, Read(input, expected, () => 1 + (int)((cuts = (cuts * 1664525) + 1013904223) >> 26)), "cut anywhere");
        if (Model(input, expected) is { } model)
        {
            IsSame(model, whole, "with a reader of the whole document");
        }
    }

    private static void IsSame(List<string> first, List<string> second, string how) => Oracle.Holds(
        first.SequenceEqual(second), $"{how} the result is the same: [{string.Join("] [", first)}] and [{string.Join("] [", second)}]");

    /// <summary>Feeds the parser as SecretListClient does: what was not consumed comes again with more behind it.</summary>
    /// <returns>Each secret, each notice, and how it ended.</returns>
    private static List<string> Read(byte[] input, SecretDocument expected, Func<int> nextPiece)
    {
        List<string> story = [];
        List<Notice> notices = [];
        var parser = new SecretListParser(
            Namespace,
            (in secret) => story.Add(Told(secret.Name, secret.DockerConfigJson is { } data ? Convert.ToHexString(data.Span) : null)),
            notices,
            expected);
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            var (start, end) = (0, 0);
            while (!parser.IsComplete)
            {
                var piece = Math.Min(nextPiece(), input.Length - end);
                end += piece;
                var consumed = parser.Feed(input.AsSpan(start, end - start), isFinal: piece == 0);
                Oracle.Holds(consumed >= 0 && consumed <= end - start, "no more is consumed than is there");
                start += consumed;
            }

            story.Add($"continue {parser.Continue}, {parser.Count} secrets");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            // What SecretListClient turns into a failure.
            story.Add(e is FormatException ? e.Message : e.GetType().Name);
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Oracle.Holds(
            allocated <= (512 * 1024) + (64L * input.Length), $"{input.Length} bytes of input cost no {allocated} bytes of memory");
        Oracle.AreLines(notices);
        Oracle.Holds(notices.Count <= 20, "an answer costs at most 20 lines");
        story.AddRange(notices.Select(notice => notice.Message));
        return story;
    }

    /// <summary>The same from the whole document at once; null where readers may differ: no JSON, or a name that stands twice.</summary>
    private static List<string>? Model(byte[] input, SecretDocument expected)
    {
        try
        {
            using var document = JsonDocument.Parse(
                input, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 64 });
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object
                || Text(root, "kind") != (expected == SecretDocument.List ? "SecretList" : "Secret"))
            {
                return null;
            }

            if (expected == SecretDocument.List && Member(root, "items") is { ValueKind: JsonValueKind.Object })
            {
                return ["its items are not an array"];
            }

            List<string> story = [], notices = [];
            var items = expected == SecretDocument.One ? [root]
                : Member(root, "items") is { ValueKind: JsonValueKind.Array } list
                    ? list.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object) : [];
            foreach (var item in items)
            {
                var metadata = Member(item, "metadata");
                var (name, ns, type) = (Text(metadata, "name"), Text(metadata, "namespace"), Text(item, "type"));
                var data = Text(Member(item, "data"), ".dockerconfigjson");
                if (name is null || !Oracle.IsDnsSubdomain(name))
                {
                    notices.Add("Skipping a secret without a valid name");
                }
                else if (ns != Namespace)
                {
                    notices.Add($"Skipping secret \"{name}\", which is not of namespace \"{Namespace}\"");
                }
                else if (type != "kubernetes.io/dockerconfigjson")
                {
                    notices.Add($"Skipping secret \"{name}\", which is not of type \"kubernetes.io/dockerconfigjson\"");
                }
                else if (!TryDecode(data, out var decoded))
                {
                    notices.Add($"Skipping secret \"{name}\", whose data is not base64");
                }
                else
                {
                    story.Add(Told(name, decoded));
                }
            }

            var next = expected == SecretDocument.List ? Text(Member(root, "metadata"), "continue") : null;
            return [.. story, $"continue {(next is "" ? null : next)}, {story.Count} secrets", .. notices.Take(20)];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NotSupportedException)
        {
            return null;
        }
    }

    private static string Told(string name, string? data) => $"secret {name} {data ?? "without data"}";

    private static bool TryDecode(string? text, out string? decoded)
    {
        decoded = null;
        try
        {
            if (text is not null)
            {
                var bytes = Convert.FromBase64String(text);
                decoded = Convert.ToHexString(bytes);

                // Bits that are left over need not be zero for every reader; the API server writes zeros.
                var canonical = Convert.ToBase64String(bytes);
                return text.Where(c => !char.IsWhiteSpace(c)).SequenceEqual(canonical) ? true : throw new NotSupportedException();
            }

            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static JsonElement? Member(JsonElement? parent, string name) =>
        parent is { ValueKind: JsonValueKind.Object } found && found.TryGetProperty(name, out var member) ? member : null;

    private static string? Text(JsonElement? parent, string name) =>
        Member(parent, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}
