// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Identity;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Fuzz.Targets;

/// <summary>The pod's token: the input once as the token itself, and once as its claims, which base64url would
/// hide.</summary>
internal static class TokenTarget
{
    public static void Run(byte[] input)
    {
        if (Oracle.Utf8(input) is { } text)
        {
            Read(text, input.Length);
        }

        Read($"e30.{Base64Url.EncodeToString(input)}.c2ln", input.Length);
    }

    private static void Read(string token, int length)
    {
        if (
            !Oracle.Succeeds(
                () => TokenParser.Parse(new Secret(token)),
                length,
                64,
                out var identity,
                Reasons.TokenMalformed,
                Reasons.NamespaceUnusable
            )
        )
        {
            return;
        }

        Oracle.Holds(
            token.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'),
            "an accepted token is fit for a header"
        );
        Oracle.Holds(Oracle.IsDnsLabel(identity.Namespace), "the namespace is a DNS label");
        Oracle.IsPlainFileName(
            AuthFileName.For(identity.Namespace, RepositoryName.OfLocation("docker.io/library/nginx"))
        );
        foreach (var name in (string?[])[identity.ServiceAccount, identity.Pod])
        {
            Oracle.Holds(
                name is null || Oracle.IsDnsSubdomain(name),
                "a name in a command that people copy is a DNS subdomain"
            );
        }

        foreach (var claim in (IEnumerable<string?>)[identity.Issuer, .. identity.Audiences])
        {
            Oracle.IsLine(claim ?? "", "a claim");
        }
    }
}
