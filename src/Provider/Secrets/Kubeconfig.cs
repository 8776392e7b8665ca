using System.Security.Cryptography.X509Certificates;
using CrioCredentialProvider.Diagnostics;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace CrioCredentialProvider.Secrets;

/// <summary>
/// What is used of a kubeconfig: the current context's cluster. Its users' certificates and tokens are never read: with
/// the kubelet's identity, the API server would no longer enforce what the pod may see.
/// </summary>
internal sealed record Kubeconfig(string? Server, string? AuthorityFile, string? AuthorityData, string? TlsServerName)
{
    private const int MaximumDepth = 16;

    /// <param name="path">For messages.</param>
    /// <param name="text">YAML or JSON.</param>
    /// <exception cref="ProviderException">Not a kubeconfig, or one without the cluster that it names.</exception>
    public static Kubeconfig Parse(string path, string text)
    {
        Dictionary<string, string> scalars;
        try
        {
            scalars = ReadScalars(new Parser(new StringReader(text)));
        }
        catch (YamlException e)
        {
            // The library's text may quote the file, which holds the kubelet's key: only the place is told.
            throw Invalid(path, $"it is not YAML (line {e.Start.Line}, column {e.Start.Column})");
        }

        if (scalars.GetValueOrDefault("current-context") is not { Length: > 0 } context)
        {
            throw Invalid(path, "it has no current-context");
        }

        var cluster = Find(scalars, "contexts", context, "context.cluster")
            ?? throw Invalid(path, $"its current-context \"{OneLine.Of(context)}\" names no cluster");
        if (Find(scalars, "clusters", cluster, "cluster.server") is not { } server)
        {
            throw Invalid(path, $"its cluster \"{OneLine.Of(cluster)}\" has no server");
        }

        return new Kubeconfig(
            server,
            Find(scalars, "clusters", cluster, "cluster.certificate-authority"),
            Find(scalars, "clusters", cluster, "cluster.certificate-authority-data"),
            Find(scalars, "clusters", cluster, "cluster.tls-server-name"));
    }

    public static ProviderException Invalid(string path, string why) => new(
        Reasons.KubeconfigInvalid,
        $"kubeconfig \"{path}\" cannot be used: {why}",
        "correct it, or give --api-server and --certificate-authority");

    private static string? Find(Dictionary<string, string> scalars, string list, string name, string field)
    {
        for (var i = 0; scalars.TryGetValue($"{list}.{i}.name", out var candidate); i++)
        {
            if (candidate == name)
            {
                return scalars.TryGetValue($"{list}.{i}.{field}", out var value) && value.Length > 0 ? value : null;
            }
        }

        return null;
    }

    /// <summary>All scalars outside <c>users</c> by their path, such as <c>clusters.0.cluster.server</c>.</summary>
    private static Dictionary<string, string> ReadScalars(Parser parser)
    {
        Dictionary<string, string> scalars = new(StringComparer.Ordinal);
        var levels = new Stack<Level>();
        while (HasNext(parser))
        {
            switch (parser.Current)
            {
                case MappingStart or SequenceStart:
                    var path = levels.Count == 0 ? "" : levels.Peek().NextValue();
                    levels.Push(new Level(path, parser.Current is SequenceStart));
                    if (levels.Count > MaximumDepth)
                    {
                        throw new YamlException(parser.Current.Start, parser.Current.End, "too deep");
                    }

                    break;
                case MappingEnd or SequenceEnd:
                    levels.Pop();
                    break;
                case Scalar scalar when levels.Count > 0:
                    if (!levels.Peek().TakeKey(scalar.Value) && !levels.Peek().Path.StartsWith("users", StringComparison.Ordinal))
                    {
                        scalars[levels.Peek().NextValue()] = scalar.Value;
                    }

                    break;
                case AnchorAlias alias:
                    throw new YamlException(alias.Start, alias.End, "aliases are not taken");
                default:
                    break;
            }
        }

        return scalars;
    }

    /// <summary>YamlDotNet 18.1 has exceptions of other kinds for some texts that are not YAML: all end as one.</summary>
    private static bool HasNext(Parser parser)
    {
        try
        {
            return parser.MoveNext();
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            var place = parser.Current?.End ?? Mark.Empty;
            throw new YamlException(place, place, "not YAML behind this place");
        }
    }

    /// <summary>One open mapping or sequence.</summary>
    private sealed class Level(string path, bool isSequence)
    {
        private string? key;
        private int index;

        public string Path => path;

        /// <summary>Takes a mapping's next scalar as its key; false when a value is due.</summary>
        public bool TakeKey(string text)
        {
            if (isSequence || key is not null)
            {
                return false;
            }

            key = text;
            return true;
        }

        public string NextValue()
        {
            var name = isSequence ? (index++).ToString() : key;
            key = null;
            return path.Length == 0 ? name ?? "" : $"{path}.{name}";
        }
    }
}
