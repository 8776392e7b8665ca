// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Identity;
using CrioCredentialProvider.Secrets;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.Explain;

/// <summary>
/// Reads secrets from manifests: single objects, lists as kubectl prints them, and several documents in one file, with
/// <c>data</c> and <c>stringData</c>. Secrets that the API server would not list are ignored with a notice.
/// </summary>
internal sealed class SecretManifests
{
    public const string Hint = "pass what \"kubectl get secrets -o yaml\" prints";

    /// <summary>
    /// Of all manifests together. The data of each secret is kept until the end, and the heap is limited
    /// (docs/adr/0017).
    /// </summary>
    private const int MaximumCharacters = 2 * InputReader.ManifestBytes;

    private const string DataKey = ".dockerconfigjson";

    private readonly Dictionary<(string Namespace, string Name), Manifest> secrets = [];
    private readonly SortedSet<string> namespaces = new(StringComparer.Ordinal);
    private readonly List<Notice> notices = [];
    private int characters;

    /// <summary>Whether the manifests contain a Secret of any type, or a list that may contain one.</summary>
    public bool HasAny { get; private set; }

    /// <summary>The namespaces that the Secrets name, in ordinal order.</summary>
    public IReadOnlyCollection<string> Namespaces => namespaces;

    public IReadOnlyList<Notice> Notices => notices;

    /// <param name="path">For messages.</param>
    /// <param name="text">YAML or JSON.</param>
    /// <exception cref="ProviderException">
    /// The text is neither YAML nor JSON, contains something other than Kubernetes objects, or is too large.
    /// </exception>
    public void Add(string path, string text)
    {
        characters += text.Length;
        if (characters > MaximumCharacters)
        {
            throw InputReader.Unusable(
                path,
                $"together with the manifests before it, it has more than {MaximumCharacters} characters",
                "pass fewer manifests"
            );
        }

        try
        {
            foreach (var document in YamlTree.Parse(text))
            {
                Add(path, document);
            }
        }
        catch (YamlTreeException e)
        {
            throw InputReader.Unusable(path, $"{e.Message} (line {e.Line}, column {e.Column})", Hint);
        }
    }

    /// <summary>The pull secrets of one namespace and those without a namespace, ordered by name.</summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="skipped">Receives a notice for each secret that is ignored.</param>
    public IReadOnlyList<PullSecret> OfNamespace(string ns, List<Notice> skipped)
    {
        List<PullSecret> all = [];
        foreach (var (key, manifest) in secrets.OrderBy(pair => pair.Key.Name, StringComparer.Ordinal))
        {
            var problem =
                key.Namespace.Length > 0 && key.Namespace != ns ? $"which is not in namespace \"{ns}\""
                : key.Namespace.Length == 0 && secrets.ContainsKey((ns, key.Name)) ? "which is defined twice"
                : manifest.Type != SecretDecoder.SecretType ? $"which is not of type \"{SecretDecoder.SecretType}\""
                : manifest.IsBroken ? "whose data is not base64"
                : null;
            if (problem is not null)
            {
                skipped.Add(new Notice(Reasons.SecretSkipped, $"Skipping secret \"{key.Name}\", {problem}"));
            }
            else
            {
                all.Add(new PullSecret(key.Name, manifest.Document));
            }
        }

        return all;
    }

    private void Add(string path, YamlNode node)
    {
        if (node is not YamlMapping document || document.FindText("kind") is not { } kind)
        {
            throw InputReader.Unusable(path, $"what begins at line {node.Line} is not a Kubernetes object", Hint);
        }

        if (document.FindText("apiVersion") == "v1" && kind is "List" or "SecretList")
        {
            HasAny = true;
            foreach (var item in (document.Find("items") as YamlSequence)?.Items ?? [])
            {
                Add(path, item);
            }
        }
        else if (document.FindText("apiVersion") == "v1" && kind == "Secret")
        {
            HasAny = true;
            AddSecret(path, document);
        }
        else
        {
            notices.Add(
                new Notice(
                    Reasons.SecretSkipped,
                    $"Skipping the {(kind.All(char.IsAsciiLetter) ? OneLine.Of(kind) : "object")} at line "
                        + $"{document.Line} of {InputReader.Name(path)}: it is not a Secret"
                )
            );
        }
    }

    private void AddSecret(string path, YamlMapping secret)
    {
        var metadata = secret.Find("metadata") as YamlMapping;
        if (metadata?.FindText("name") is not { } name || !SecretName.IsValid(name))
        {
            notices.Add(
                new Notice(
                    Reasons.SecretSkipped,
                    $"Skipping the Secret at line {secret.Line} of {InputReader.Name(path)}: it has no valid name"
                )
            );
            return;
        }

        var ns = metadata.FindText("namespace") ?? "";
        if (ns.Length > 0 && !NamespaceName.IsValid(ns))
        {
            notices.Add(
                new Notice(
                    Reasons.SecretSkipped,
                    $"Skipping secret \"{name}\" at line {secret.Line} of {InputReader.Name(path)}: its namespace is "
                        + "not a "
                        + "valid name"
                )
            );
            return;
        }

        if (ns.Length > 0)
        {
            namespaces.Add(ns);
        }

        if (secrets.ContainsKey((ns, name)))
        {
            notices.Add(
                new Notice(
                    Reasons.SecretSkipped,
                    $"Secret \"{name}\" is defined more than once: the one at line {secret.Line} of "
                        + $"{InputReader.Name(path)} is used"
                )
            );
        }

        secrets[(ns, name)] = Read(secret);
    }

    private static Manifest Read(YamlMapping secret)
    {
        var type = secret.FindText("type") ?? "Opaque";

        // The API server gives stringData precedence when it stores the secret.
        if ((secret.Find("stringData") as YamlMapping)?.FindText(DataKey) is { } text)
        {
            return new Manifest(type, Encoding.UTF8.GetBytes(text), IsBroken: false);
        }

        if ((secret.Find("data") as YamlMapping)?.FindText(DataKey) is not { } data)
        {
            return new Manifest(type, null, IsBroken: false);
        }

        var bytes = new byte[data.Length];
        return Convert.TryFromBase64String(data, bytes, out var length)
            ? new Manifest(type, bytes.AsMemory(0, length), IsBroken: false)
            : new Manifest(type, null, IsBroken: true);
    }

    private sealed record Manifest(string Type, ReadOnlyMemory<byte>? Document, bool IsBroken);
}
