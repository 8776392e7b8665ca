// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Tools.Commands;

namespace CrioCredentialProvider.Tools.Generate;

/// <summary>A kind of cluster with its defaults.</summary>
/// <param name="Name">The value of <c>--profile</c>.</param>
/// <param name="Issuer">The default of the API server's <c>--service-account-issuer</c>, which is also the audience
/// that it accepts by default.</param>
/// <param name="IssuerOrigin">Where that default comes from.</param>
/// <param name="FlagsVariable">The variable that the drop-in sets. If the platform's own unit already reads a variable
/// (machine-config-operator <c>40-kubelet-crio-image-credential-provider.conf</c>), that variable; otherwise our
/// own.</param>
/// <param name="ExecStart">The ExecStart= of the distribution's unit; null if the unit already reads the
/// variable.</param>
internal sealed record Profile(string Name, string Issuer, string IssuerOrigin, string FlagsVariable, string? ExecStart)
{
    public const string OwnFlagsVariable = "CRIO_CREDENTIAL_PROVIDER_FLAGS";

    public static readonly Profile Kubeadm = new(
        "kubeadm",
        "https://kubernetes.default.svc.cluster.local",
        "kubeadm's default issuer for the DNS domain cluster.local",
        OwnFlagsVariable,
        "/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS"
    );

    public static readonly Profile OpenShift = new(
        "openshift",
        "https://kubernetes.default.svc",
        "OpenShift's default issuer",
        "KUBELET_CRIO_IMAGE_CREDENTIAL_PROVIDER_FLAGS",
        null
    );

    /// <summary>
    /// Nodes of a hosted control plane. They are OpenShift nodes, but their configuration comes from a NodePool.
    /// </summary>
    public static readonly Profile HyperShift = OpenShift with
    {
        Name = "hypershift",
        IssuerOrigin = "the default issuerURL of a HostedCluster",
    };

    public static readonly Profile[] All = [Kubeadm, OpenShift, HyperShift];

    public static Profile Of(CommandInput input, Profile otherwise) =>
        input.Text(GenerateOptions.Profile.Flag) is { } name
            ? Array.Find(All, profile => profile.Name == name)!
            : otherwise;
}
