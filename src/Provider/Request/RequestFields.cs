// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Request;

/// <summary>The members of a request, unvalidated; null if absent.</summary>
internal struct RequestFields
{
    public string? Kind;
    public string? ApiVersion;
    public string? Image;
    public string? Token;
    public Dictionary<string, string>? Annotations;

    /// <summary>Validates them and returns the request.</summary>
    /// <exception cref="ProviderException">
    /// The kind or version is not supported, or no kubelet would send the image name.
    /// </exception>
    public readonly CredentialRequest Check()
    {
        if (Kind != RequestParser.Kind)
        {
            throw new ProviderException(
                Reasons.RequestOfWrongKind,
                $"the request's kind is \"{Printable(Kind)}\", not \"{RequestParser.Kind}\"",
                RequestParser.Remedy
            );
        }

        if (
            ApiVersion
            is not (RequestParser.V1 or RequestParser.GroupPrefix + "v1beta1" or RequestParser.GroupPrefix + "v1alpha1")
        )
        {
            throw new ProviderException(
                Reasons.RequestOfWrongKind,
                $"the request's apiVersion \"{Printable(ApiVersion)}\" is unknown",
                $"set apiVersion \"{RequestParser.V1}\" in the kubelet's credential provider config"
            );
        }

        if (string.IsNullOrEmpty(Image))
        {
            throw new ProviderException(Reasons.ImageUnusable, "the request names no image", RequestParser.Remedy);
        }

        if (!RepositoryName.TryParse(Image, out var image))
        {
            throw new ProviderException(
                Reasons.ImageUnusable,
                $"the request's image \"{OneLine.WithoutUser(Image)}\" is not a host and a repository path",
                "name it as the kubelet does, such as \"docker.io/library/nginx\", without tag and digest"
            );
        }

        return new CredentialRequest(
            ApiVersion,
            image,
            string.IsNullOrEmpty(Token) ? null : new Secret(Token),
            Annotations ?? []
        );
    }

    private static string Printable(string? value) => OneLine.Of(value ?? "");
}
