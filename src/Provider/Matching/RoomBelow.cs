// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Matching;

/// <summary>
/// The room for keys and credentials below a mirror's location. They fit by the rule, but this pull does not need them:
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

    /// <param name="size">What a key and its credential need.</param>
    /// <param name="isFirstWithout">Whether it is the first for which there is no room.</param>
    /// <returns>Whether there is room for it.</returns>
    public bool Take(int size, out bool isFirstWithout)
    {
        isFirstWithout = IsLeft && used + size >= Maximum;
        used = Math.Min(Maximum, used + size);
        return IsLeft;
    }
}
