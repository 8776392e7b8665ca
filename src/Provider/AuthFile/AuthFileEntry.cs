using System.Text;
using CrioCredentialProvider.Matching;

namespace CrioCredentialProvider.AuthFile;

/// <summary>One entry below <c>auths</c>, as containers/image reads it.</summary>
/// <param name="Credential">Null for an entry that says "no credentials here".</param>
internal sealed record AuthFileEntry(Credential? Credential)
{
    /// <summary>Padded base64 of <c>user:password</c>: anything else makes CRI-O fail the endpoint.</summary>
    public string? Auth => Credential is null
        ? null
        : Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Credential.Username.Reveal()}:{Credential.Password.Reveal()}"));
}
