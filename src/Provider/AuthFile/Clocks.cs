// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.AuthFile;

/// <summary>The two clocks from which the age of a file is computed.</summary>
/// <param name="Wall">The time of day, which file times use. It can be set, even backwards.</param>
/// <param name="Boot">The time since the machine started, which marks use. It cannot be set.</param>
internal sealed record Clocks(Func<DateTimeOffset> Wall, Func<TimeSpan> Boot);
