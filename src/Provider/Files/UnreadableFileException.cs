// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Files;

/// <summary>A file exists but cannot be read, or its existence cannot be determined.</summary>
/// <param name="why">What is wrong, without the path, for example "it is a directory".</param>
/// <param name="hint">What to do.</param>
internal sealed class UnreadableFileException(string why, string hint) : IOException(why)
{
    public string Hint { get; } = hint;
}
