// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Identity;
using CrioCredentialProvider.Tools.Commands;

namespace CrioCredentialProvider.Tools.Generate;

/// <summary>
/// The audience of the pods' tokens, and why it was chosen. The API server accepts a token only if one of the token's
/// audiences is in <c>--api-audiences</c>, which defaults to the issuer.
/// </summary>
/// <param name="Value">The audience.</param>
/// <param name="Remarks">Comment lines for the generated file.</param>
internal sealed record TokenAudience(string Value, IReadOnlyList<string> Remarks)
{
    /// <summary>
    /// In a ClusterRole, <c>*</c> matches every audience (kubernetes pkg/apis/rbac/v1 ResourceMatches), so it is not a
    /// valid audience here.
    /// </summary>
    public const string Every = "*";

    private const string GiveAudience = "give --audience";

    /// <summary>Uses the option, else the issuer of a token of the cluster, else the profile's default.</summary>
    /// <exception cref="ProviderException">
    /// The token file cannot be read, or does not contain a token with an issuer.
    /// </exception>
    public static TokenAudience From(CommandInput input, Node node, Profile profile)
    {
        if (input.Text(GenerateOptions.Audience.Flag) is { } given)
        {
            return new TokenAudience(given, []);
        }

        if (input.Text(GenerateOptions.TokenFile.Flag) is { } path)
        {
            try
            {
                return FromToken(TokenParser.Parse(new Secret(InputReader.ReadText(path, node).Trim())));
            }
            catch (ProviderException e) when (e.Reason == Reasons.TokenMalformed && e.Hint != GiveAudience)
            {
                throw new ProviderException(e.Reason, e.Problem, "pass what \"kubectl create token\" prints");
            }
        }

        return new TokenAudience(
            profile.Issuer,
            [
                $"The audience is {profile.IssuerOrigin}; check yours with",
                "kubectl get --raw /.well-known/openid-configuration",
            ]
        );
    }

    private static TokenAudience FromToken(PodIdentity token)
    {
        if (string.IsNullOrEmpty(token.Issuer))
        {
            throw new ProviderException(
                Reasons.TokenMalformed,
                "the service account token has no claim \"iss\"",
                GiveAudience
            );
        }

        if (token.Issuer == Every)
        {
            throw new ProviderException(
                Reasons.TokenMalformed,
                $"the service account token's issuer is \"{Every}\", which as an audience means all audiences",
                GiveAudience
            );
        }

        List<string> remarks = ["The audience is the issuer of the given token."];
        if (!token.Audiences.Contains(token.Issuer) && token.Audiences.Count > 0)
        {
            // The cluster sets --api-audiences, for example because its OIDC issuer is public.
            remarks.Add($"The token's own audience is \"{token.Audiences[0]}\". If the token was created without");
            remarks.Add("--audience, the API server accepts that audience; set it here with --audience.");
        }

        return new TokenAudience(token.Issuer, remarks);
    }
}
