using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.Explain;

/// <summary>An <see cref="Explanation"/> for programs: docs/reference/explain.md has the schema. Members are added, never changed.</summary>
internal static class ExplanationJson
{
    private const int SchemaVersion = 1;

    private static readonly JsonWriterOptions Format = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Of(Explanation explanation)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Format))
        {
            Write(writer, explanation);
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private static void Write(Utf8JsonWriter writer, Explanation explanation)
    {
        var (image, input) = (explanation.Image, explanation.Input);
        writer.WriteStartObject();
        writer.WriteNumber("schemaVersion", SchemaVersion);
        writer.WriteStartObject("image");
        writer.WriteString("given", image.Given);
        writer.WriteString("name", image.Name.Text);
        writer.WriteString("tag", image.Tag);
        writer.WriteString("digest", image.Digest);
        writer.WriteString("shortName", image.ShortName);
        writer.WriteEndObject();

        writer.WriteStartObject("pod");
        writer.WriteString("namespace", input.Namespace);
        writer.WriteString("serviceAccount", input.Identity?.ServiceAccount);
        writer.WriteString("name", input.Identity?.Pod);
        writer.WriteEndObject();

        writer.WriteStartObject("input");
        writer.WriteString("kind", input.Kind);
        WriteList(writer, "files", input.Files);
        writer.WriteString("apiServer", explanation.ApiServer);
        writer.WriteEndObject();

        writer.WriteStartObject("registriesConf");
        writer.WriteString("path", explanation.Conf.MainPath);
        writer.WriteBoolean("found", explanation.Conf.Found);
        writer.WriteString("shortNameProblem", image.ShortName is null ? null : explanation.Conf.ShortNameProblem);
        writer.WriteEndObject();

        writer.WriteStartArray("routes");
        foreach (var route in explanation.Routes)
        {
            WriteRoute(writer, route);
        }

        writer.WriteEndArray();
        WriteKeys(writer, "secretKeys", explanation.Keys);
        WriteKeys(writer, "nodeKeys", explanation.NodeKeys);
        WriteResult(writer, explanation);
        writer.WriteStartArray("notices");
        foreach (var notice in explanation.Notices)
        {
            writer.WriteStartObject();
            writer.WriteString("id", notice.Reason.Id);
            writer.WriteString("text", notice.Message);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteRoute(Utf8JsonWriter writer, ExplainedRoute route)
    {
        writer.WriteStartObject();
        writer.WriteString("image", route.Route.Image.Text);
        writer.WriteBoolean("certain", route.IsCertain);
        writer.WriteString("decidedBy", route.Route.Entry?.Origin);
        writer.WriteString("prefix", route.Route.Entry?.Prefix);
        writer.WriteStartArray("places");
        foreach (var place in route.Places)
        {
            writer.WriteStartObject();
            writer.WriteNumber("number", place.Number);
            writer.WriteString("reference", place.Source.Reference.Text);
            writer.WriteString("kind", place.Source.Kind == PullSourceKind.Mirror ? "mirror" : "registry");
            writer.WriteString("location", place.Source.Location);
            writer.WriteString("for", place.Source.Use switch
            {
                MirrorUse.DigestsOnly => "digests",
                MirrorUse.TagsOnly => "tags",
                _ => "all",
            });
            writer.WriteString("use", place.Use switch
            {
                PlaceUse.Blocked => "blocked",
                PlaceUse.PassedOver => "passed-over",
                PlaceUse.Unknown => "unknown",
                _ => "tried",
            });
            writer.WriteString("blockedBy", place.BlockedBy);
            WriteFound(writer, place.Found);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteFound(Utf8JsonWriter writer, FoundCredential? found)
    {
        if (found is null)
        {
            writer.WriteNull("credential");
            return;
        }

        writer.WriteStartObject("credential");
        writer.WriteString("rule", found.Hit.Rule switch
        {
            LookupRule.Helper => "helper",
            LookupRule.Exact => "exact",
            LookupRule.Parent => "parent",
            _ => "host",
        });
        writer.WriteString("key", Explanation.Tell(found.Hit.Key));
        WriteOrigin(writer, found.Origin);
        writer.WriteBoolean("anonymous", !found.Hit.IsUseful);
        WriteList(writer, "rivals", found.Rivals);
        writer.WriteEndObject();
    }

    private static void WriteKeys(Utf8JsonWriter writer, string name, IReadOnlyList<ExplainedKey> keys)
    {
        writer.WriteStartArray(name);
        foreach (var key in keys)
        {
            writer.WriteStartObject();
            WriteOrigin(writer, key.Origin);
            writer.WriteBoolean("helper", key.IsHelper);
            writer.WriteString("registry", key.Registry.Length == 0 ? null : OneLine.Of(key.Registry));
            writer.WriteString("result", key.Result switch
            {
                KeyResult.Used => "used",
                KeyResult.Written => "written",
                KeyResult.Overridden => "overridden",
                KeyResult.NearMiss => "near-miss",
                KeyResult.OtherRegistry => "other-registry",
                _ => "unusable",
            });
            writer.WriteString("detail", key.Detail);
            writer.WriteString("text", key.Reason);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteResult(Utf8JsonWriter writer, Explanation explanation)
    {
        writer.WriteStartObject("result");
        writer.WriteBoolean("writes", explanation.WhyNothing is null);
        writer.WriteString("path", explanation.AuthFile);
        writer.WriteString("reason", explanation.WhyNothing?.Id);
        writer.WriteString("text", explanation.WhyNothing?.Title);
        writer.WriteStartArray("entries");
        foreach (var (key, origin, isHelper) in explanation.Entries)
        {
            writer.WriteStartObject();
            writer.WriteString("key", Explanation.Tell(key));
            writer.WriteBoolean("helper", isHelper);
            WriteOrigin(writer, origin);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteOrigin(Utf8JsonWriter writer, CredentialOrigin origin)
    {
        writer.WriteString("from", origin.SecretName is null ? "node" : "secret");
        writer.WriteString("secret", origin.SecretName);
        writer.WriteString("writtenAs", origin.Key.Length == 0 ? null : OneLine.Of(origin.Key));
    }

    private static void WriteList(Utf8JsonWriter writer, string name, IEnumerable<string> items)
    {
        writer.WriteStartArray(name);
        foreach (var item in items)
        {
            writer.WriteStringValue(OneLine.Of(item));
        }

        writer.WriteEndArray();
    }
}
