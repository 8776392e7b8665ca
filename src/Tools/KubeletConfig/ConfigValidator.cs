// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;

namespace CrioCredentialProvider.Tools.KubeletConfig;

/// <summary>
/// Validates providers by the kubelet's rules (kubernetes pkg/credentialprovider/plugin config.go
/// validateCredentialProviderConfig and readCredentialProviderConfig), and records which kubelet versions have each
/// rule.
/// </summary>
internal sealed class ConfigValidator
{
    private readonly List<ConfigError> errors = [];
    private readonly KubeletMinors tokensOffIn;

    private ConfigValidator(KubeletMinors tokensOffIn) => this.tokensOffIn = tokensOffIn;

    /// <param name="path">The path for errors of the whole config.</param>
    /// <param name="providers">The providers of all files.</param>
    /// <param name="tokensOffIn">The kubelets in which the feature gate for tokens is off.</param>
    public static IReadOnlyList<ConfigError> Validate(
        string path,
        IReadOnlyList<Provider> providers,
        KubeletMinors tokensOffIn
    )
    {
        var validator = new ConfigValidator(tokensOffIn);
        if (providers.Count == 0)
        {
            validator.errors.Add(new ConfigError(path, "\"providers\" is empty"));
        }

        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (var provider in providers)
        {
            if (!names.Add(provider.Name))
            {
                validator.Add(provider, "name", $"a second provider is named \"{OneLine.Of(provider.Name)}\"");
            }

            validator.CheckName(provider);
            validator.CheckProtocol(provider);
            if (provider.Token is { } token)
            {
                validator.CheckToken(provider, token);
                validator.CheckAnnotations(provider, token);
            }
        }

        return validator.errors;
    }

    private void CheckName(Provider provider)
    {
        // The validation does not require a name, but the kubelet looks up a binary of that name, and with an empty
        // name finds the directory.
        if (provider.Name.Length == 0)
        {
            Add(provider, "name", "\"name\" is missing");
        }
        else if (provider.Name.AsSpan().ContainsAny('/', ' ') || provider.Name is "." or "..")
        {
            Add(provider, "name", $"name \"{OneLine.Of(provider.Name)}\" is not a file name without spaces");
        }
    }

    private void CheckProtocol(Provider provider)
    {
        if (string.IsNullOrEmpty(provider.ApiVersion))
        {
            Add(provider, "apiVersion", $"\"apiVersion\" is missing; set it to {Provider.ApiVersionWithTokens}");
        }
        else if (!Provider.ApiVersions.Contains(provider.ApiVersion))
        {
            var all = string.Join(", ", Provider.ApiVersions);
            Add(provider, "apiVersion", $"apiVersion \"{OneLine.Of(provider.ApiVersion)}\" is not one of {all}");
        }

        if (provider.MatchImages.Count == 0)
        {
            Add(provider, "matchImages", "\"matchImages\" is empty");
        }

        foreach (var pattern in provider.MatchImages)
        {
            if (ImagePattern.Parse(pattern, out var why) is null)
            {
                Add(
                    provider,
                    "matchImages",
                    $"matchImages \"{ImagePattern.Redacted(pattern)}\" is not an address: {why}"
                );
            }
        }

        if (string.IsNullOrEmpty(provider.DefaultCacheDuration))
        {
            Add(provider, "defaultCacheDuration", "\"defaultCacheDuration\" is missing; set it to \"0s\"");
        }
        else if (!GoDuration.TryParseAny(provider.DefaultCacheDuration, out var duration) || duration < TimeSpan.Zero)
        {
            Add(
                provider,
                "defaultCacheDuration",
                $"defaultCacheDuration \"{OneLine.Of(provider.DefaultCacheDuration)}\" is not a duration of zero or "
                    + "more, such as \"0s\""
            );
        }
    }

    private void CheckToken(Provider provider, TokenAttributes token)
    {
        const string Field = "tokenAttributes";
        var off = tokensOffIn & KubeletMinors.From133;
        if (off != KubeletMinors.None)
        {
            Add(provider, Field, $"\"tokenAttributes\" needs the feature gate {TokensGate.Name}", off);
        }

        if (string.IsNullOrEmpty(token.Audience))
        {
            Add(provider, Field, "\"tokenAttributes.serviceAccountTokenAudience\" is missing");
        }

        if (token.RequireServiceAccount is null)
        {
            Add(provider, Field, "\"tokenAttributes.requireServiceAccount\" is missing; set it to true or false");
        }

        if (provider.ApiVersion != Provider.ApiVersionWithTokens)
        {
            Add(provider, Field, $"\"tokenAttributes\" needs apiVersion {Provider.ApiVersionWithTokens}");
        }

        if (string.IsNullOrEmpty(token.CacheType))
        {
            Add(
                provider,
                Field,
                "\"tokenAttributes.cacheType\" is missing; set it to Token or ServiceAccount",
                KubeletMinors.From134
            );
        }
        else if (!TokenAttributes.CacheTypes.Contains(token.CacheType))
        {
            Add(
                provider,
                Field,
                $"cacheType \"{OneLine.Of(token.CacheType)}\" is not Token or ServiceAccount",
                KubeletMinors.From134
            );
        }
    }

    private void CheckAnnotations(Provider provider, TokenAttributes token)
    {
        const string Field = "tokenAttributes";
        if (token.RequireServiceAccount == false && token.RequiredAnnotations.Count > 0)
        {
            Add(provider, Field, "\"requiredServiceAccountAnnotationKeys\" needs requireServiceAccount: true");
        }

        foreach (var keys in (IReadOnlyList<string>[])[token.RequiredAnnotations, token.OptionalAnnotations])
        {
            foreach (var key in keys.Where(key => !QualifiedName.IsValid(key.ToLowerInvariant())).Distinct())
            {
                Add(
                    provider,
                    Field,
                    $"annotation key \"{OneLine.Of(key)}\" is not a qualified name such as \"example.com/key\""
                );
            }

            foreach (var key in keys.GroupBy(key => key).Where(group => group.Count() > 1))
            {
                Add(provider, Field, $"annotation key \"{OneLine.Of(key.Key)}\" is set twice");
            }
        }

        foreach (var key in token.RequiredAnnotations.Intersect(token.OptionalAnnotations))
        {
            Add(provider, Field, $"annotation key \"{OneLine.Of(key)}\" is both required and optional");
        }
    }

    private void Add(Provider provider, string field, string problem, KubeletMinors refusedBy = KubeletMinors.All) =>
        errors.Add(new ConfigError(provider.PlaceOf(field), problem, refusedBy));
}
