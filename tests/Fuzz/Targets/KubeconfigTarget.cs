// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Secrets;

namespace CrioCredentialProvider.Fuzz.Targets;

/// <summary>The kubelet's kubeconfig, and the address in it.</summary>
internal static class KubeconfigTarget
{
    public static void Run(byte[] input)
    {
        if (
            Oracle.Succeeds(
                () => Kubeconfig.Parse("kubelet.conf", input),
                input.Length,
                4096,
                out var kubeconfig,
                Reasons.KubeconfigInvalid
            ) && kubeconfig.Server is { } server
        )
        {
            AddressTarget.Run(server);
        }
    }
}
