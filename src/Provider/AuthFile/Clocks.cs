// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.AuthFile;

/// <summary>The two clocks that tell how old a file is.</summary>
/// <param name="Wall">The time of day, which file times are told by. It can be set, also back.</param>
/// <param name="Boot">The time since the start of the machine, which marks are told by. Nobody can set it.</param>
internal sealed record Clocks(Func<DateTimeOffset> Wall, Func<TimeSpan> Boot);
