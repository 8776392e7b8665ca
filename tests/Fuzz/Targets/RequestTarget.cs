// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Request;
using CrioCredentialProvider.Response;
using CrioCredentialProvider.Secrets;

namespace CrioCredentialProvider.Fuzz.Targets;

/// <summary>The kubelet's request on stdin.</summary>
internal static class RequestTarget
{
    public static void Run(byte[] input)
    {
        if (
            !Oracle.Succeeds(
                () => RequestParser.Parse(input),
                input.Length,
                64,
                out var request,
                Reasons.RequestMalformed,
                Reasons.RequestOfWrongKind,
                Reasons.ImageUnusable
            )
        )
        {
            return;
        }

        Oracle.Holds(Oracle.IsRepositoryName(request.Image.Text), "an accepted image is a repository name");
        Oracle.IsPlainFileName(AuthFileName.For("team-a", request.Image));
        Oracle.Holds(request.Token is null or { IsEmpty: false }, "a token is absent or not empty");

        using var document = JsonDocument.Parse(input);
        Oracle.Holds(
            document.RootElement.GetProperty("image").GetString() == request.Image.Text,
            "the image is the one in the document"
        );
        using var answer = JsonDocument.Parse(ResponseWriter.Format(request.ApiVersion, request.Image));
        Oracle.Holds(
            answer.RootElement.GetProperty("apiVersion").GetString()
                == document.RootElement.GetProperty("apiVersion").GetString(),
            "the answer has the request's version"
        );

        if (PullSecretsAnnotation.Find(request.Annotations) is not { } named)
        {
            return;
        }

        Oracle.AreLines(named.Notices);
        Oracle.Holds(
            named.Names.All(Oracle.IsDnsSubdomain),
            "a named secret is a DNS subdomain: it becomes part of a URL"
        );
        Oracle.Holds(
            named.Names.Count <= 32 && named.Notices.Count <= 32,
            "an annotation costs at most 32 requests and lines"
        );
        Oracle.Holds(
            named.Names.Order(StringComparer.Ordinal).Distinct().SequenceEqual(named.Names),
            "names are in order, each once"
        );
    }
}
