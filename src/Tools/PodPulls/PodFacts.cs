// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.ClusterApi;

namespace CrioCredentialProvider.Tools.PodPulls;

/// <summary>A container of a pod, with the fields that concern its image.</summary>
/// <param name="Name">The container's name.</param>
/// <param name="Image">As the pod names it.</param>
/// <param name="Waiting">The kubelet's reason, for example <c>ErrImagePull</c>; null if the container is not
/// waiting.</param>
/// <param name="Message">The kubelet's message for that reason; null if there is none.</param>
internal sealed record PodContainer(string Name, string Image, string? Waiting, string? Message);

/// <summary>An event about the pod.</summary>
internal sealed record PodEvent(string Reason, string Message);

/// <summary>What the API reports about a pod and its pulls.</summary>
/// <param name="Node">The node's name; null if the pod is not scheduled.</param>
/// <param name="ServiceAccount">Its service account.</param>
/// <param name="Containers">Init containers first.</param>
/// <param name="Events">The events about pulls, in the API's order.</param>
internal sealed record PodFacts(
    string? Node,
    string ServiceAccount,
    IReadOnlyList<PodContainer> Containers,
    IReadOnlyList<PodEvent> Events
)
{
    private static readonly string[] PullReasons =
    [
        "Pulling",
        "Pulled",
        "Failed",
        "BackOff",
        "InspectFailed",
        "ErrImageNeverPull",
        "FailedScheduling",
    ];

    /// <summary>The API server's address and how it was found; null if a file was read.</summary>
    public string? ApiServer { get; init; }

    /// <summary>Parses two responses of the API server.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="events">A list of events; null if it could not be read.</param>
    /// <param name="ns">The pod's namespace.</param>
    /// <param name="name">The pod's name.</param>
    /// <exception cref="JsonException">One of the texts is not JSON, or is not a pod.</exception>
    public static PodFacts Of(string pod, string? events, string ns, string name)
    {
        using var podDocument = JsonDocument.Parse(pod);
        using var eventDocument = JsonDocument.Parse(events ?? "{}");
        return Find([podDocument.RootElement, .. Items(eventDocument.RootElement, "items")], ns, name)
            ?? throw new JsonException("not a pod");
    }

    /// <summary>Finds the pod and its events in a List as kubectl prints it, or in a single object.</summary>
    /// <param name="json">Objects of any kinds.</param>
    /// <param name="ns">The pod's namespace.</param>
    /// <param name="name">The pod's name.</param>
    /// <returns>Null if the pod is not among them.</returns>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public static PodFacts? Find(string json, string ns, string name)
    {
        using var document = JsonDocument.Parse(json);
        JsonElement[] objects =
            document.RootElement is { ValueKind: JsonValueKind.Object } root
            && ApiJson.Member(root, "items") is { ValueKind: JsonValueKind.Array } items
                ? [.. items.EnumerateArray()]
                : [document.RootElement];
        return Find(objects, ns, name);
    }

    private static PodFacts? Find(JsonElement[] objects, string ns, string name)
    {
        foreach (var pod in objects)
        {
            if (
                Text(pod, "kind") is "Pod" or null
                && Text(pod, "metadata", "name") == name
                && Text(pod, "metadata", "namespace") == ns
                && ApiJson.Member(pod, "spec") is { ValueKind: JsonValueKind.Object } spec
            )
            {
                return new PodFacts(
                    Text(spec, "nodeName"),
                    Text(spec, "serviceAccountName") ?? "default",
                    [.. ContainersOf(pod, spec)],
                    [.. EventsOf(objects, ns, name)]
                );
            }
        }

        return null;
    }

    private static IEnumerable<PodContainer> ContainersOf(JsonElement pod, JsonElement spec)
    {
        foreach (
            var (list, statuses) in ((string, string)[])
                [
                    ("initContainers", "initContainerStatuses"),
                    ("containers", "containerStatuses"),
                    ("ephemeralContainers", "ephemeralContainerStatuses"),
                ]
        )
        {
            foreach (var container in Items(spec, list))
            {
                var name = Text(container, "name") ?? "";
                var status = Items(pod, "status", statuses).FirstOrDefault(one => Text(one, "name") == name);
                yield return new PodContainer(
                    OneLine.Of(name),
                    OneLine.Of(Text(container, "image") ?? ""),
                    Text(status, "state", "waiting", "reason"),
                    Text(status, "state", "waiting", "message")
                );
            }
        }
    }

    private static IEnumerable<PodEvent> EventsOf(JsonElement[] objects, string ns, string name)
    {
        foreach (var item in objects)
        {
            if (
                Text(item, "involvedObject", "name") == name
                && Text(item, "involvedObject", "namespace") == ns
                && Text(item, "involvedObject", "kind") is "Pod" or null
                && Text(item, "reason") is { } reason
                && PullReasons.Contains(reason)
            )
            {
                yield return new PodEvent(reason, Text(item, "message") ?? "");
            }
        }
    }

    private static IEnumerable<JsonElement> Items(JsonElement element, params ReadOnlySpan<string> path) =>
        ApiJson.Member(element, path) is { ValueKind: JsonValueKind.Array } array ? [.. array.EnumerateArray()] : [];

    private static string? Text(JsonElement element, params ReadOnlySpan<string> path) =>
        ApiJson.Text(ApiJson.Member(element, path));
}
