// SPDX-License-Identifier: Apache-2.0
using System.Net;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.ClusterApi;

/// <summary>The audiences that the API server accepts, as far as they are known.</summary>
/// <param name="Names">The accepted audiences, or the issuer.</param>
/// <param name="IsComplete">Whether the list is complete. That is known on a control-plane node only.</param>
/// <param name="Origin">The file or the URL where the audiences were found.</param>
internal sealed record ClusterAudiences(IReadOnlyList<string> Names, bool IsComplete, string Origin)
{
    private const string StaticPod = "/etc/kubernetes/manifests/kube-apiserver.yaml";

    /// <summary>
    /// Reads the API server's flags on a control-plane node; elsewhere its discovery document, if anonymous users may
    /// read it.
    /// </summary>
    /// <returns>Null if neither can be read.</returns>
    public static async Task<ClusterAudiences?> FindAsync(NodeFilesReader files, Func<ApiProbeClient> api) =>
        OfStaticPod(files) ?? await OfDiscoveryAsync(api);

    private static ClusterAudiences? OfStaticPod(NodeFilesReader files)
    {
        if (
            files.ReadText(StaticPod) is not { } text
            || KubernetesYaml.FirstMapping(text) is not { } pod
            || (pod.Find("spec") as YamlMapping)?.Find("containers") is not YamlSequence containers
        )
        {
            return null;
        }

        var words = containers
            .Items.OfType<YamlMapping>()
            .SelectMany(container => (string[])["command", "args"], (container, key) => container.Find(key))
            .OfType<YamlSequence>()
            .SelectMany(list => list.Items)
            .OfType<YamlScalar>()
            .Select(scalar => scalar.Text)
            .ToArray();

        // Without --api-audiences, the issuer is the only accepted audience.
        string[] names = [.. Values(words, "--api-audiences").SelectMany(value => value.Split(','))];
        names = names.Length > 0 ? names : Values(words, "--service-account-issuer");
        return names.Length > 0 ? new ClusterAudiences(names, true, $"\"{StaticPod}\"") : null;
    }

    private static string[] Values(string[] words, string flag) =>
        [
            .. words
                .Where(word => word.StartsWith(flag + "=", StringComparison.Ordinal))
                .Select(word => word[(flag.Length + 1)..]),
        ];

    private static async Task<ClusterAudiences?> OfDiscoveryAsync(Func<ApiProbeClient> api)
    {
        try
        {
            var reply = await api().AskAsync(".well-known/openid-configuration");
            return reply.Status == HttpStatusCode.OK && reply.Find("issuer") is { } issuer
                ? new ClusterAudiences([OneLine.Of(issuer)], false, "the API server's discovery document")
                : null;
        }
        catch (ProviderException)
        {
            // The audiences have other sources, and CP009 reports what is wrong with the server.
            return null;
        }
    }
}
