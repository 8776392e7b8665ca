// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Secrets;

namespace CrioCredentialProvider.Fuzz.Targets;

/// <summary>An API server's address from outside: what is accepted is https to one host, and nothing is smuggled
/// in.</summary>
internal static class AddressTarget
{
    public static void Run(string text)
    {
        if (
            !Oracle.Succeeds(
                () => ApiServerAddress.Parse(text, "the fuzzer"),
                text.Length,
                512,
                out var address,
                Reasons.ApiServerAddressInvalid
            )
        )
        {
            return;
        }

        Oracle.Holds(address.Scheme == "https", "the token is sent by TLS only");
        Oracle.Holds(
            address.UserInfo.Length == 0 && address.Query.Length == 0 && address.Fragment.Length == 0,
            "an address is a host and a path"
        );
        Oracle.Holds(address.Host.Length > 0 && address.AbsolutePath.EndsWith('/'), "requests go below the address");
        var request = new Uri(address, "api/v1/namespaces/team-a/secrets");
        Oracle.Holds(
            request.Authority == address.Authority
                && request.AbsolutePath.EndsWith("/api/v1/namespaces/team-a/secrets", StringComparison.Ordinal),
            "a request goes to the address's host"
        );
        Oracle.IsLine(request.AbsoluteUri[..Math.Min(1024, request.AbsoluteUri.Length)], "a request's URL");
    }
}
