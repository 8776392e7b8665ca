using CrioCredentialProvider.Identity;
using System.Buffers;
using System.Globalization;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Secrets;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.Doctor;

/// <summary>
/// The kubelet's rules for providers (kubernetes pkg/credentialprovider/plugin config.go
/// validateCredentialProviderConfig and readCredentialProviderConfig), and which kubelets hold to each.
/// </summary>
internal static class KubeletConfigValidator
{
    public const string ProviderV1 = "credentialprovider.kubelet.k8s.io/v1";
    public const string FeatureGate = "KubeletServiceAccountTokenForCredentialProviders";

    private static readonly string[] ProviderVersions =
        [ProviderV1, "credentialprovider.kubelet.k8s.io/v1alpha1", "credentialprovider.kubelet.k8s.io/v1beta1"];

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    private static readonly string[] CacheTypes = ["ServiceAccount", "Token"];

    /// <param name="path">For errors of the whole.</param>
    /// <param name="providers">Of all files.</param>
    /// <param name="gateOffIn">The kubelets whose feature gate for tokens is off.</param>
    public static List<KubeletConfigError> Validate(
        string path, IReadOnlyList<KubeletProvider> providers, KubeletMinors gateOffIn)
    {
        List<KubeletConfigError> errors = [];
        if (providers.Count == 0)
        {
            errors.Add(new KubeletConfigError(path, "\"providers\" is empty"));
        }

        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (var provider in providers)
        {
            if (!names.Add(provider.Name))
            {
                Add(provider, $"a second provider is named \"{OneLine.Of(provider.Name)}\"");
            }

            foreach (var problem in Problems(provider))
            {
                Add(provider, problem);
            }

            if (provider.Token is { } token)
            {
                if (gateOffIn != KubeletMinors.None)
                {
                    Add(provider, $"\"tokenAttributes\" needs the feature gate {FeatureGate}", gateOffIn);
                }

                foreach (var problem in Problems(provider, token))
                {
                    Add(provider, problem);
                }

                if (string.IsNullOrEmpty(token.CacheType))
                {
                    Add(provider, "\"tokenAttributes.cacheType\" is missing: Token or ServiceAccount", KubeletMinors.From134);
                }
                else if (!CacheTypes.Contains(token.CacheType))
                {
                    Add(provider, $"cacheType \"{OneLine.Of(token.CacheType)}\" is not Token or ServiceAccount", KubeletMinors.From134);
                }
            }
        }

        return errors;

        void Add(KubeletProvider provider, string problem, KubeletMinors refusedBy = KubeletMinors.All) =>
            errors.Add(new KubeletConfigError(provider.Place, problem, refusedBy));
    }

    private static IEnumerable<string> Problems(KubeletProvider provider)
    {
        var name = OneLine.Of(provider.Name);
        if (provider.Name.Contains('/', StringComparison.Ordinal) || provider.Name.Contains(' ', StringComparison.Ordinal)
            || provider.Name is "." or "..")
        {
            yield return $"name \"{name}\" must have no slash and no blank, and not be a dot or two";
        }

        // No rule of the config says so, but the kubelet looks for a binary of that name and finds the directory.
        if (provider.Name.Length == 0)
        {
            yield return "\"name\" is missing";
        }

        if (string.IsNullOrEmpty(provider.ApiVersion))
        {
            yield return $"\"apiVersion\" is missing: {ProviderV1}";
        }
        else if (!ProviderVersions.Contains(provider.ApiVersion))
        {
            yield return $"apiVersion \"{OneLine.Of(provider.ApiVersion)}\" is not one of {string.Join(", ", ProviderVersions)}";
        }

        if (provider.MatchImages.Count == 0)
        {
            yield return "\"matchImages\" is empty";
        }

        foreach (var pattern in provider.MatchImages)
        {
            if (KubeletImagePattern.Parse(pattern, out var why) is null)
            {
                yield return $"matchImages \"{KubeletImagePattern.Told(pattern)}\" is no address: {why}";
            }
        }

        if (string.IsNullOrEmpty(provider.DefaultCacheDuration))
        {
            yield return "\"defaultCacheDuration\" is missing, such as \"1s\"";
        }
        else if (!IsDuration(provider.DefaultCacheDuration))
        {
            yield return $"defaultCacheDuration \"{OneLine.Of(provider.DefaultCacheDuration)}\" is no duration of Go that is zero or more, such as \"1s\"";
        }
    }

    private static IEnumerable<string> Problems(KubeletProvider provider, KubeletTokenAttributes token)
    {
        if (string.IsNullOrEmpty(token.Audience))
        {
            yield return "\"tokenAttributes.serviceAccountTokenAudience\" is missing";
        }

        if (token.RequireServiceAccount is null)
        {
            yield return "\"tokenAttributes.requireServiceAccount\" is missing: true or false";
        }

        if (provider.ApiVersion != ProviderV1)
        {
            yield return $"\"tokenAttributes\" goes with apiVersion {ProviderV1} only";
        }

        if (token.RequireServiceAccount == false && token.RequiredAnnotations.Count > 0)
        {
            yield return "\"requiredServiceAccountAnnotationKeys\" needs requireServiceAccount: true";
        }

        foreach (var keys in (IReadOnlyList<string>[])[token.RequiredAnnotations, token.OptionalAnnotations])
        {
            foreach (var key in keys.Where(key => !IsQualifiedName(key.ToLowerInvariant())).Distinct())
            {
                yield return $"annotation key \"{OneLine.Of(key)}\" is no qualified name, such as \"example.com/key\"";
            }

            foreach (var key in keys.GroupBy(key => key).Where(group => group.Count() > 1))
            {
                yield return $"annotation key \"{OneLine.Of(key.Key)}\" stands twice";
            }
        }

        foreach (var key in token.RequiredAnnotations.Intersect(token.OptionalAnnotations))
        {
            yield return $"annotation key \"{OneLine.Of(key)}\" is both required and optional";
        }
    }

    /// <summary>
    /// Whether Go's <c>time.ParseDuration</c> takes it and it is not negative. Minus zero is zero.
    /// </summary>
    public static bool IsDuration(string text)
    {
        var isNegative = text.StartsWith('-');
        var rest = text.AsSpan(text.Length > 0 && text[0] is '-' or '+' ? 1 : 0);
        if (rest is "0")
        {
            return true;
        }

        var (isAny, isZero) = (false, true);
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOfAnyExcept(NumberCharacters);
            if (end <= 0 || rest[..end].Count('.') > 1 || rest[..end] is "."
                || !double.TryParse(rest[..end], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                return false;
            }

            rest = rest[end..];
            var unit = Array.Find(["ns", "us", "µs", "μs", "ms", "s", "m", "h"], rest.ToString().StartsWith);
            if (unit is null)
            {
                return false;
            }

            (isAny, isZero) = (true, isZero && number == 0);
            rest = rest[unit.Length..];
        }

        return isAny && (!isNegative || isZero);
    }

    /// <summary>apimachinery validation IsQualifiedName: an optional DNS subdomain and a slash, then a name.</summary>
    /// <param name="key">In lower case.</param>
    public static bool IsQualifiedName(string key)
    {
        var parts = key.Split('/');
        var name = parts[^1];
        return parts.Length <= 2
            && (parts.Length == 1 || SecretName.IsValid(parts[0]))
            && name.Length is > 0 and <= 63
            && char.IsAsciiLetterOrDigit(name[0]) && char.IsAsciiLetterOrDigit(name[^1])
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
    }
}
