// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Tools.PodPulls;

/// <summary>What CRI-O logged about the last pull of an image.</summary>
/// <param name="Tried">The locations, in the order in which CRI-O tried them.</param>
/// <param name="Answers">Why the locations did not return the image; empty if one did, or if the log does not contain
/// the reason.</param>
internal sealed record CrioPulls(IReadOnlyList<string> Tried, IReadOnlyList<RegistryAnswer> Answers)
{
    private const string Trying = "Trying to access \"";
    private const string Accessing = "Accessing \"";
    private const string Failed = "\" failed: ";
    private const string Pulling = "Pulling image: ";
    private const string Pulled = "Pulled image: ";

    /// <summary>
    /// Parses the messages of containers/image docker/docker_image_src.go newImageSource and CRI-O
    /// server/image_pull.go. Those of containers/image do not name their pull; they are matched by the last component
    /// of the repository.
    /// </summary>
    /// <param name="messages">In order of time.</param>
    /// <param name="image">As the pod names it.</param>
    /// <param name="canonical">The image's repository.</param>
    public static CrioPulls Of(CrioMessage[] messages, string image, string canonical)
    {
        var begin = Array.FindLastIndex(messages, message => message.Text == Pulling + image);
        List<string> tried = [];
        List<RegistryAnswer> answers = [];
        foreach (var message in messages.Skip(Math.Max(0, begin)).Select(one => one.Text))
        {
            if (Between(message, Trying, "\"") is { } reference && IsSame(reference, canonical))
            {
                // A second attempt at the same reference is a new pull, and only the last pull is reported.
                if (tried.Contains(reference))
                {
                    tried.Clear();
                    answers.Clear();
                }

                tried.Add(reference);
            }
            else if (Between(message, Accessing, Failed) is { } failed && IsSame(failed, canonical))
            {
                var text = message[(message.IndexOf(Failed, StringComparison.Ordinal) + Failed.Length)..];
                answers.Add(new RegistryAnswer(OneLine.Of(failed), RegistryAnswer.KindOf(text), OneLine.Of(text)));
            }
            else if (message.StartsWith(Pulled, StringComparison.Ordinal) && answers.Count < tried.Count)
            {
                answers.Clear();
            }
        }

        return new CrioPulls([.. tried.Select(reference => OneLine.Of(reference))], answers);
    }

    private static string? Between(string text, string head, string tail)
    {
        if (!text.StartsWith(head, StringComparison.Ordinal))
        {
            return null;
        }

        var end = text.IndexOf(tail, head.Length, StringComparison.Ordinal);
        return end < 0 ? null : text[head.Length..end];
    }

    private static bool IsSame(string reference, string canonical) =>
        PodImage.TryParse(reference, out var parsed, out _) && LastPart(parsed!.Name.Text) == LastPart(canonical);

    private static string LastPart(string name) => name[(name.LastIndexOf('/') + 1)..];
}
