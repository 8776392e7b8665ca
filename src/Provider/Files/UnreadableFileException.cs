// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Files;

/// <summary>A file is there and cannot be read, or it is unknown whether there is one.</summary>
/// <param name="why">What is wrong, without the path: "it is a directory".</param>
/// <param name="hint">What to do.</param>
internal sealed class UnreadableFileException(string why, string hint) : IOException(why)
{
    public string Hint { get; } = hint;
}
