using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.Doctor;

/// <summary>Kubelets whose rules for the provider config differ (1.33 has no cacheType and no directories).</summary>
[Flags]
internal enum KubeletMinors
{
    None = 0,

    /// <summary>1.33: service account tokens are behind a gate that is off, and there is no <c>cacheType</c>.</summary>
    V133 = 1,

    /// <summary>1.34: the gate is on, <c>cacheType</c> is required, directories are taken.</summary>
    V134 = 2,

    /// <summary>1.35 and newer: as 1.34.</summary>
    V135 = 4,

    From134 = V134 | V135,

    All = V133 | V134 | V135,
}

/// <summary>Names of <see cref="KubeletMinors"/> for people.</summary>
internal static class KubeletMinorNames
{
    private static readonly (KubeletMinors Minor, string Name)[] Names =
        [(KubeletMinors.V133, "1.33"), (KubeletMinors.V134, "1.34"), (KubeletMinors.V135, "1.35 and newer")];

    /// <summary>Such as <c>1.34, 1.35 and newer</c>; <c>none</c>.</summary>
    public static string Text(KubeletMinors minors) =>
        minors == KubeletMinors.None ? "none" : string.Join(", ", Names.Where(n => minors.HasFlag(n.Minor)).Select(n => n.Name));

    /// <summary>The rules that a version goes by; null for one that is older than all of them.</summary>
    public static KubeletMinors? Of(ComponentVersion version) => (version.Major, version.Minor) switch
    {
        (1, 33) => KubeletMinors.V133,
        (1, 34) => KubeletMinors.V134,
        (> 1, _) or (1, >= 35) => KubeletMinors.V135,
        _ => null,
    };
}
