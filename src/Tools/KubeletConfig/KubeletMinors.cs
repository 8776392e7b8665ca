// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.KubeletConfig;

/// <summary>Groups of kubelet versions that have the same rules for the provider config.</summary>
[Flags]
internal enum KubeletMinors
{
    None = 0,

    /// <summary>1.32 and older: no <c>tokenAttributes</c>, no directories.</summary>
    V132 = 1,

    /// <summary>1.33: the feature gate for tokens is off by default, no <c>cacheType</c>, no directories.</summary>
    V133 = 2,

    /// <summary>
    /// 1.34: the feature gate is on by default, <c>cacheType</c> is required, a directory is accepted.
    /// </summary>
    V134 = 4,

    /// <summary>1.35 and newer: the same rules as 1.34.</summary>
    V135 = 8,

    Until133 = V132 | V133,

    From133 = V133 | V134 | V135,

    From134 = V134 | V135,

    All = V132 | V133 | V134 | V135,
}

/// <summary>Readable names of <see cref="KubeletMinors"/>.</summary>
internal static class KubeletMinorNames
{
    private static readonly (KubeletMinors Minor, string Name)[] Names =
    [
        (KubeletMinors.V132, "1.32 and older"),
        (KubeletMinors.V133, "1.33"),
        (KubeletMinors.V134, "1.34"),
        (KubeletMinors.V135, "1.35 and newer"),
    ];

    /// <summary>
    /// For example, <c>1.34, 1.35 and newer</c>; <c>none</c> for no version and <c>any version</c> for all.
    /// </summary>
    public static string Text(KubeletMinors minors) =>
        minors switch
        {
            KubeletMinors.None => "none",
            KubeletMinors.All => "any version",
            _ => string.Join(", ", Names.Where(n => minors.HasFlag(n.Minor)).Select(n => n.Name)),
        };

    /// <summary>The group to which a version belongs.</summary>
    public static KubeletMinors Of(int major, int minor) =>
        (major, minor) switch
        {
            (1, 33) => KubeletMinors.V133,
            (1, 34) => KubeletMinors.V134,
            (> 1, _) or (1, > 34) => KubeletMinors.V135,
            _ => KubeletMinors.V132,
        };
}
