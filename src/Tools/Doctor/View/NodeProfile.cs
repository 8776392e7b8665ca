// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.Doctor.View;

/// <summary>Kinds of nodes whose platform has its own rules.</summary>
internal enum NodeProfile
{
    Default,

    /// <summary>MicroShift checks the provider config before it starts its kubelet.</summary>
    MicroShift,
}

/// <summary>The command line's names for <see cref="NodeProfile"/>.</summary>
internal static class NodeProfiles
{
    public static readonly string[] Names = ["default", "microshift"];

    public static NodeProfile Of(string? name) => name == Names[1] ? NodeProfile.MicroShift : NodeProfile.Default;
}
