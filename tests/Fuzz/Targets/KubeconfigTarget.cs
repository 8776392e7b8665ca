using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Secrets;

namespace CrioCredentialProvider.Fuzz.Targets;

/// <summary>The kubelet's kubeconfig, and the address in it.</summary>
internal static class KubeconfigTarget
{
    public static void Run(byte[] input)
    {
        // ApiServerLocator decodes leniently.
        var text = System.Text.Encoding.UTF8.GetString(input);
        if (!Oracle.Succeeds(
            () => Kubeconfig.Parse("kubelet.conf", text), input.Length, 4096, out var kubeconfig, Reasons.KubeconfigInvalid))
        {
            return;
        }

        Oracle.Holds(!string.IsNullOrEmpty(kubeconfig.Server), "a kubeconfig that can be used has a server");
        AddressTarget.Run(kubeconfig.Server!);
    }
}
