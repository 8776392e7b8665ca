// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Matching;

/// <summary>
/// Finds white space at either end of a user name or password. Kubelet and CRI-O treat it as part of the credential,
/// but it is nearly always a mistake: <c>echo</c> without <c>-n</c>, or a file with Windows line endings.
/// </summary>
internal static class BlankEnds
{
    /// <returns>A clause, or null if there is none.</returns>
    public static string? Find(Credential credential) =>
        Find(credential.Password.Reveal()) is { } ofPassword ? $"the password {ofPassword}"
        : Find(credential.Username.Reveal()) is { } ofUsername ? $"the user name {ofUsername}"
        : null;

    private static string? Find(ReadOnlySpan<byte> text) =>
        text switch
        {
            [] => null,
            [.., (byte)'\n' or (byte)'\r'] => "ends in a line break (echo without -n?)",
            [.., (byte)' ' or (byte)'\t'] => "ends in a blank",
            [(byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r', ..] => "starts with white space",
            _ => null,
        };
}
