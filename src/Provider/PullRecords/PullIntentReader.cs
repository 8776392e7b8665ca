// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.PullRecords;

/// <summary>
/// Reads which images the kubelet is pulling: <c>image_manager/pulling</c> contains an <c>ImagePullIntent</c> for each,
/// with the image as the pod names it (captures: pull-intent.json). Intents are node-wide, so one may belong to another
/// namespace's pull.
/// </summary>
internal sealed class PullIntentReader : IDisposable
{
    /// <summary>Maximum number of intents: more than a node has pods. It limits the work of each look.</summary>
    private const int MostIntents = 4096;

    private const int LongestIntent = 64 * 1024;

    /// <summary>The image of each file that was read. A file's name is the hash of its image, so the image never
    /// changes.</summary>
    private readonly Dictionary<string, RepositoryName?> images = [];

    private readonly RecordDirectory? directory;

    private PullIntentReader(RecordDirectory? directory, string? problem) =>
        (this.directory, Problem) = (directory, problem);

    /// <summary>Why the intents cannot be used; null if they can, or if this kubelet keeps none.</summary>
    public string? Problem { get; private set; }

    /// <summary>The directory to watch; null if the kubelet keeps no intents.</summary>
    public string? DirectoryPath => directory?.Path;

    /// <param name="kubeletRoot">The kubelet's <c>--root-dir</c>.</param>
    public static PullIntentReader Open(string kubeletRoot) =>
        new(RecordDirectory.Open($"{kubeletRoot}{KubeletRoot.Intents}", out var problem), problem);

    /// <summary>Intents whose state is unknown.</summary>
    /// <param name="problem">The cause.</param>
    public static PullIntentReader Unusable(string problem) => new(null, problem);

    /// <summary>Whether the kubelet is pulling this image now.</summary>
    public PullIntent Of(RepositoryName image) =>
        Images() is not { } pulling ? PullIntent.Unknown
        : pulling.Contains(image) ? PullIntent.Present
        : PullIntent.Absent;

    /// <summary>
    /// The names of all images that the kubelet is pulling now; null if unknown, because a single unreadable intent may
    /// be the relevant one.
    /// </summary>
    public HashSet<RepositoryName>? Images()
    {
        if (directory is null)
        {
            return null;
        }

        Problem = null;
        if (directory.Names() is not { } names)
        {
            Problem = $"\"{directory.Path}\" cannot be listed";
            return null;
        }

        if (names.Count > MostIntents)
        {
            Problem = $"\"{directory.Path}\" holds {names.Count} pull intents, more than {MostIntents}";
            return null;
        }

        HashSet<RepositoryName> pulling = [];
        foreach (var name in names)
        {
            if (!images.TryGetValue(name, out var image))
            {
                var content = directory.Read(name, LongestIntent, out var problem);
                if (content is null && problem is null)
                {
                    continue;
                }

                if (content is null || !TryReadImage(content, out image))
                {
                    Problem = problem ?? $"\"{directory.Path}/{name}\" is not an ImagePullIntent of a known version";
                    return null;
                }

                images[name] = image;
            }

            if (image is not null)
            {
                pulling.Add(image);
            }
        }

        return pulling;
    }

    public void Dispose() => directory?.Dispose();

    /// <param name="intent">The document.</param>
    /// <param name="repository">Its image; null if that is not a valid reference, which cannot be pulled.</param>
    /// <returns>Whether the document is an intent.</returns>
    private static bool TryReadImage(ReadOnlySpan<byte> intent, out RepositoryName? repository)
    {
        repository = null;
        try
        {
            var reader = new Utf8JsonReader(intent);
            var (isIntent, isKnown) = (false, false);
            string? image = null;
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("kind"u8))
                {
                    isIntent =
                        reader.Read()
                        && reader.TokenType == JsonTokenType.String
                        && reader.ValueTextEquals("ImagePullIntent"u8);
                }
                else if (reader.ValueTextEquals("apiVersion"u8))
                {
                    isKnown = reader.Read() && RecordVersion.IsKnown(ref reader);
                }
                else if (reader.ValueTextEquals("image"u8))
                {
                    image = reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                }
                else
                {
                    reader.Read();
                    reader.Skip();
                }
            }

            if (image is not null && PodImage.TryParse(image, out var parsed, out _))
            {
                repository = parsed!.Name;
            }

            return isIntent && isKnown && image is not null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
