// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Request;

namespace CrioCredentialProvider;

/// <summary>Every way in which a run ends without a file because none is needed, each with its last journal
/// message.</summary>
internal static class NothingToDo
{
    public static readonly Outcome.NothingToDo NoMirrors = new(
        Reasons.NoMirrors,
        "No mirrors found, will not write any auth file"
    );

    public static readonly Outcome.NothingToDo NoCredentials = new(
        Reasons.NoCredentials,
        "No docker auth found for any available secret, will not write any auth file"
    );

    /// <summary>The request's version has no token, or the pod has none (static pods).</summary>
    public static Outcome.NothingToDo WithoutToken(CredentialRequest request) =>
        request.ApiVersion == RequestParser.V1
            ? new(Reasons.NoToken, "Request has no service account token, nothing to do")
            : new(Reasons.VersionWithoutToken, "Request's version carries no service account token, nothing to do");

    /// <param name="path">The main file, at the path where CRI-O would look for it.</param>
    public static Outcome.NothingToDo NoRegistriesConf(string path) =>
        new(Reasons.NoRegistriesConf, $"Registries conf path \"{path}\" does not exist, stopping");
}
