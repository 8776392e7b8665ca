// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace KubernetesApiStandIn;

/// <summary>Events, validated as far as the tests need it (kubernetes pkg/apis/core/validation/events.go).</summary>
public sealed partial class ApiServer
{
    private readonly HashSet<(string Namespace, string ServiceAccount)> eventWriters = [];

    /// <summary>The events that were created, in order.</summary>
    public ConcurrentQueue<JsonObject> CreatedEvents { get; } = new();

    /// <summary>Adds a Role with <c>create</c> on events in the service account's own namespace.</summary>
    public void AllowEvents(string ns, string serviceAccount) => eventWriters.Add((ns, serviceAccount));

    private ApiReply Create((string Namespace, string ServiceAccount, string Audience) who, string ns, string body)
    {
        if (ns != who.Namespace || !eventWriters.Contains((who.Namespace, who.ServiceAccount)))
        {
            return Forbidden(who, "create", "events", ns);
        }

        var made = JsonNode.Parse(body)!.AsObject();
        if ((string)made["kind"]! != "Event" || (string)made["apiVersion"]! != "v1")
        {
            return Status(400, "BadRequest", "the object is not an Event of v1");
        }

        if ((string)made["involvedObject"]!["namespace"]! != ns || (string)made["metadata"]!["namespace"]! != ns)
        {
            return Status(422, "Invalid", "Event is invalid: involvedObject.namespace: does not match event.namespace");
        }

        var prefix = (string)made["metadata"]!["generateName"]!;
        made["metadata"]!["name"] = $"{prefix}{CreatedEvents.Count:x5}";
        CreatedEvents.Enqueue(made);
        return new ApiReply(201, made.DeepClone().AsObject());
    }
}
