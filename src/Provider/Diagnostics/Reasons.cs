// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Diagnostics;

/// <summary>Every reason, grouped by step. An id is never reused for something else.</summary>
internal static class Reasons
{
    // 1xx: the request on stdin
    public static readonly Reason RequestTooLarge = new("CP101", "the request is too large");
    public static readonly Reason RequestMalformed = new("CP102", "the request is not one JSON document");
    public static readonly Reason RequestOfWrongKind = new("CP103", "the request is of another kind or version");
    public static readonly Reason ImageUnusable = new("CP104", "the image name cannot be used");
    public static readonly Reason NoToken = new("CP110", "the request has no service account token");
    public static readonly Reason VersionWithoutToken = new("CP111", "the request's version carries no token");

    // 2xx: the service account token
    public static readonly Reason TokenMalformed = new("CP201", "the token is not a service account token");
    public static readonly Reason NamespaceUnusable = new("CP202", "the token's namespace cannot be used");

    // 3xx: registries.conf
    public static readonly Reason RegistriesConfUnreadable = new("CP301", "a registries.conf file cannot be read");
    public static readonly Reason RegistriesConfInvalid = new("CP302", "a registries.conf file is invalid");
    public static readonly Reason PullSourceInvalid = new("CP303", "a mirror makes an invalid reference");
    public static readonly Reason RegistriesConfNotThere = new("CP304", "the named registries.conf does not exist");
    public static readonly Reason RegistriesConfKeyIgnored = new("CP305", "CRI-O ignores a key of registries.conf");
    public static readonly Reason NoRegistriesConf = new("CP310", "there is no registries.conf");
    public static readonly Reason NoMirrors = new("CP311", "the image has no mirror");

    // 4xx: the Kubernetes API
    public static readonly Reason ApiServerAddressInvalid = new("CP401", "the API server's address is invalid");
    public static readonly Reason KubeconfigInvalid = new("CP402", "the kubeconfig cannot be used");
    public static readonly Reason CertificateAuthorityInvalid = new("CP403", "the CA file cannot be used");
    public static readonly Reason ApiServerUnreachable = new("CP404", "the API server cannot be reached");
    public static readonly Reason ApiServerNotTrusted = new("CP405", "the API server's certificate is not trusted");
    public static readonly Reason ApiTimeout = new("CP406", "the API server did not answer in time");
    public static readonly Reason Unauthorized = new("CP407", "the API server rejects the token");
    public static readonly Reason Forbidden = new("CP408", "the service account may not list secrets");
    public static readonly Reason NamespaceNotFound = new("CP409", "the namespace was not found");
    public static readonly Reason ApiServerError = new("CP410", "the API server answered with an error");
    public static readonly Reason ApiAnswerMalformed = new("CP411", "the API server's answer is not a secret list");
    public static readonly Reason SecretListTooLarge = new("CP412", "the pull secrets have too many bytes");
    public static readonly Reason CertificateNotVerified = new("CP420", "the API server's certificate is not verified");

    // 5xx: matching
    public static readonly Reason SecretSkipped = new("CP501", "a secret was skipped");
    public static readonly Reason EntrySkipped = new("CP502", "an entry of a secret was skipped");
    public static readonly Reason EntryOverridden = new("CP503", "two secrets have credentials for one registry");
    public static readonly Reason NamedSecretMissing = new("CP504", "a named secret cannot be read");
    public static readonly Reason CredentialEndsInBlank = new("CP505", "a credential has white space at its end");
    public static readonly Reason NoCredentials = new("CP510", "no secret fits the image");

    // 6xx: the auth file
    public static readonly Reason GlobalAuthFileUnusable = new("CP601", "the kubelet's auth file cannot be used");
    public static readonly Reason AuthDirectoryUnusable = new("CP602", "the auth directory cannot be used");
    public static readonly Reason AuthFileNotWritten = new("CP603", "the auth file could not be written");

    public static readonly Reason PullRecordsUnusable = new("CP604", "the kubelet's pull intents cannot be used");
    public static readonly Reason AuthFileTooLarge = new("CP605", "the auth file would be too large");
    public static readonly Reason AuthDirectoryFull = new("CP606", "the auth directory's file system is full");
    public static readonly Reason TooManyUntakenFiles = new("CP607", "a namespace has too many untaken auth files");

    // 7xx: the response
    public static readonly Reason ResponseNotWritten = new("CP701", "the response could not be written");
    public static readonly Reason AccessRecordUsed = new(
        "CP702",
        "the kubelet's record vouches for the service account"
    );

    // 8xx: the commands that people run
    public static readonly Reason InputUnusable = new("CP801", "an input of a command cannot be used");
    public static readonly Reason ProviderConfigInvalid = new("CP802", "the kubelet's provider config is invalid");
    public static readonly Reason OutputNotWritten = new("CP803", "a command's output file cannot be written");
    public static readonly Reason RolloutStateUnusable = new("CP810", "the installer's state cannot be used");
    public static readonly Reason RolloutBusy = new("CP811", "another change of the node is in progress");
    public static readonly Reason ChangeRefused = new("CP812", "a change of the node was refused");
    public static readonly Reason ChangeUndone = new("CP813", "a change of the node was undone");
    public static readonly Reason UndoUnfinished = new("CP814", "a change of the node could not be finished or undone");
    public static readonly Reason AgentAddressUnusable = new("CP815", "the agent cannot listen on its address");

    // 9xx: the program itself
    public static readonly Reason Unexpected = new("CP901", "unexpected error");
    public static readonly Reason CoreDumpsPossible = new("CP902", "core dumps cannot be forbidden");
    public static readonly Reason UnknownVariable = new("CP910", "an environment variable is unknown");
}
