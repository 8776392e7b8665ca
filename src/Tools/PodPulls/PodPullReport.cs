// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Tools.PodPulls;

/// <summary>What is known about the pulls of one image for a pod.</summary>
/// <param name="Image">As the pod names it; without tag and digest if only the journal contains it.</param>
/// <param name="Containers">The containers that use it.</param>
/// <param name="State">The kubelet's reason why a container is waiting for the image, for example <c>ErrImagePull</c>;
/// null if none is.</param>
/// <param name="Run">The last run of this program for the image; null if there is none.</param>
/// <param name="Tried">The locations that CRI-O logged as tried, in its order.</param>
/// <param name="Answers">Why each location did not return the image, in CRI-O's order; empty if the last pull did not
/// fail.</param>
/// <param name="NextStep">What the user should do next; null for nothing.</param>
internal sealed record ImagePullReport(
    string Image,
    IReadOnlyList<string> Containers,
    string? State,
    ProviderRun? Run,
    IReadOnlyList<string> Tried,
    IReadOnlyList<RegistryAnswer> Answers,
    string? NextStep
)
{
    public bool IsFailing =>
        State is not null and not "ContainerCreating" and not "PodInitializing"
        || Answers.Count > 0
        || Run?.Outcome == "failed";
}

/// <summary>A source that could not be read, although an explanation would need it.</summary>
internal sealed record MissingPart(string Part, string Why);

/// <summary>Explains why the images of a pod are pulled or not.</summary>
internal sealed record PodPullReport(
    string Namespace,
    string Name,
    PodFacts? Pod,
    IReadOnlyList<MissingPart> Missing,
    IReadOnlyList<ImagePullReport> Images
)
{
    /// <param name="ns">The pod's namespace.</param>
    /// <param name="name">The pod's name.</param>
    /// <param name="pod">What the API reports; null if the API was not asked or did not answer.</param>
    /// <param name="journal">Entries of this program and of CRI-O; null if the journal could not be read.</param>
    /// <param name="missing">The sources that could not be read.</param>
    public static PodPullReport Of(
        string ns,
        string name,
        PodFacts? pod,
        IReadOnlyList<JournalLine>? journal,
        IReadOnlyList<MissingPart> missing
    )
    {
        var runs = ProviderRun.Find(journal ?? []).Where(run => run.Namespace == ns && run.Pod == name).ToArray();
        CrioMessage[] crio = [.. (journal ?? []).Where(CrioMessage.IsCrio).Select(CrioMessage.Of)];
        var images = pod is not null
            ? pod
                .Containers.GroupBy(container => container.Image, StringComparer.Ordinal)
                .Select(group => (group.Key, Containers: group.ToArray()))
            : runs.Select(run => run.Image)
                .OfType<string>()
                .Distinct()
                .Select(image => (image, Containers: Array.Empty<PodContainer>()));
        return new PodPullReport(
            ns,
            name,
            pod,
            missing,
            [.. images.Select(image => Image(ns, image.Item1, image.Containers, pod, runs, crio, journal is not null))]
        );
    }

    private static ImagePullReport Image(
        string ns,
        string image,
        PodContainer[] containers,
        PodFacts? pod,
        ProviderRun[] runs,
        CrioMessage[] crio,
        bool hasJournal
    )
    {
        var canonical = PodImage.TryParse(image, out var parsed, out _) ? parsed!.Name.Text : image;
        var run = runs.LastOrDefault(run => run.Image == canonical);
        var pulls = CrioPulls.Of(crio, image, canonical);
        var waiting = containers.FirstOrDefault(container => container.Waiting is not null);
        var error =
            waiting?.Message is { } message
            && message.Contains("pull", StringComparison.OrdinalIgnoreCase)
            && !message.StartsWith("Back-off", StringComparison.Ordinal)
                ? message
                : pod
                    ?.Events.LastOrDefault(one =>
                        one.Reason == "Failed" && one.Message.Contains($"\"{image}\"", StringComparison.Ordinal)
                    )
                    ?.Message;
        var answers = error is not null ? RegistryAnswer.Parse(WithoutPreface(error, image), image) : pulls.Answers;
        var report = new ImagePullReport(
            image,
            [.. containers.Select(container => container.Name)],
            waiting?.Waiting,
            run,
            pulls.Tried,
            answers,
            null
        );
        return report with
        {
            NextStep = PullAdvice.For(
                report,
                ns,
                pod?.ServiceAccount ?? run?.ServiceAccount ?? "default",
                canonical,
                hasJournal
            ),
        };
    }

    /// <summary>
    /// Removes the text that the kubelet puts in front of CRI-O's error (pkg/kubelet/images image_manager.go).
    /// </summary>
    private static string WithoutPreface(string error, string image)
    {
        var preface = $"Failed to pull image \"{image}\": ";
        var at = error.IndexOf(preface, StringComparison.Ordinal);
        return at < 0 ? error : error[(at + preface.Length)..];
    }
}
