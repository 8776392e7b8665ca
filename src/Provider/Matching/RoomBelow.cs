// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Matching;

/// <summary>
/// Size limit for keys and credentials below a mirror's location. They match, but this pull does not need them, so
/// dropping the rest is harmless.
/// </summary>
internal sealed class RoomBelow
{
    /// <summary>In characters.</summary>
    public const int Maximum = 256 * 1024;

    public static readonly string NoneLeft =
        "Skipping entries below a mirror's location that this pull does not need: "
        + $"there are more than {Maximum} characters of them";

    private int used;

    public bool IsLeft => used < Maximum;

    /// <param name="size">The size of a key and its credential, in characters.</param>
    /// <param name="isFirstWithout">Whether it is the first that exceeds the limit.</param>
    /// <returns>Whether it is within the limit.</returns>
    public bool Take(int size, out bool isFirstWithout)
    {
        isFirstWithout = IsLeft && used + size >= Maximum;
        used = Math.Min(Maximum, used + size);
        return IsLeft;
    }
}
