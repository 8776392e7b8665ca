// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.ClusterApi;
using CrioCredentialProvider.Tools.Commands;

namespace CrioCredentialProvider.Tools.PodPulls;

/// <summary>Reads a pod and its events from the output of kubectl, else from the API server.</summary>
/// <param name="ns">The pod's namespace.</param>
/// <param name="name">The pod's name.</param>
/// <param name="missing">Receives the sources that cannot be read.</param>
internal sealed class PodReader(string ns, string name, List<MissingPart> missing)
{
    private string Hint
    {
        get
        {
            var command = ShellCommand.Of(
                $"kubectl get pods,events -n {ns} -o json | "
                    + $"{BuildInfo.Program} explain --pod {$"{ns}/{name}"} --objects -"
            );
            return $"pass them: {command}";
        }
    }

    /// <param name="path">A file with the output of <c>kubectl get -o json</c>; <c>-</c> is stdin.</param>
    /// <param name="node">For stdin.</param>
    /// <returns>Null if the file does not contain the pod.</returns>
    /// <exception cref="ProviderException">The file cannot be read, or is not JSON.</exception>
    public PodFacts? ReadFile(string path, Node node)
    {
        try
        {
            if (PodFacts.Find(InputReader.ReadText(path, node, InputReader.ManifestBytes), ns, name) is { } pod)
            {
                return pod;
            }

            missing.Add(new MissingPart("pod and events", $"pod {ns}/{name} is not in {InputReader.Name(path)}"));
            return null;
        }
        catch (JsonException e)
        {
            throw InputReader.Unusable(
                path,
                $"it is not JSON (line {e.LineNumber + 1})",
                "pass what \"kubectl get pods,events -o json\" prints"
            );
        }
    }

    /// <param name="settings">For the kubeconfig and the API server.</param>
    /// <param name="node">For the environment, and for a notice on the terminal if the API server is slow.</param>
    /// <returns>Null if the API server does not return the pod; without events if it does not return those.</returns>
    public PodFacts? ReadApi(Settings settings, Node node)
    {
        try
        {
            using var access = ClusterAccess.Open(settings, node, includeKubelets: true);
            using var notice = new SlowNotice(node, "asking the API server ...", SlowNotice.UsualDelay);
            var pod = access.Read($"api/v1/namespaces/{ns}/pods/{name}", $"pod {ns}/{name}");
            return PodFacts.Of(pod, ReadEvents(access), ns, name) with
            {
                ApiServer = $"{access.Server.Host}, {access.Server.OriginText}",
            };
        }
        catch (ProviderException e)
        {
            missing.Add(new MissingPart("pod and events", $"{e.Problem}; {Hint}"));
            return null;
        }
        catch (JsonException)
        {
            missing.Add(new MissingPart("pod and events", $"the API server's answer is not JSON; {Hint}"));
            return null;
        }
    }

    /// <summary>A node may read its pods, but not their events.</summary>
    private string? ReadEvents(ClusterAccess access)
    {
        try
        {
            return access.Read(
                $"api/v1/namespaces/{ns}/events?fieldSelector=involvedObject.kind%3DPod%2CinvolvedObject.name%3D{name}",
                $"the events of pod {ns}/{name}"
            );
        }
        catch (ProviderException e)
        {
            missing.Add(new MissingPart("events", e.Problem));
            return null;
        }
    }
}
