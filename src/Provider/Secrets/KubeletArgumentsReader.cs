// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Files;
using CrioCredentialProvider.Linux;

namespace CrioCredentialProvider.Secrets;

/// <summary>The command line of the kubelet, the parent of this process.</summary>
internal static class KubeletArgumentsReader
{
    private static readonly Lazy<string[]> Parents = new(() => Read(SmallFileReader.ThisNode, Libc.Getppid));

    private const int MaximumBytes = 1024 * 1024;

    /// <summary>The value of a flag in either of its two forms; the last one wins. Null if it is absent or
    /// empty.</summary>
    public static string? Flag(IReadOnlyList<string> arguments, string flag)
    {
        string? value = null;
        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i].StartsWith(flag + "=", StringComparison.Ordinal))
            {
                value = arguments[i][(flag.Length + 1)..];
            }
            else if (arguments[i] == flag && i + 1 < arguments.Count)
            {
                value = arguments[i + 1];
            }
        }

        return string.IsNullOrEmpty(value) ? null : value;
    }

    /// <summary>The arguments of the parent process; empty without <c>/proc</c>, or if the parent has exited.</summary>
    /// <exception cref="ProviderException">
    /// The arguments cannot be read. They may name a kubeconfig other than the well-known ones.
    /// </exception>
    public static string[] ReadParents() => Parents.Value;

    internal static string[] Read(SmallFileReader reader, Func<int> parentId)
    {
        try
        {
            var parent = parentId();
            var bytes = reader.Read($"/proc/{parent}/cmdline", MaximumBytes) ?? [];
            var arguments = Encoding.UTF8.GetString(bytes).Split('\0');

            // If the parent has died, its PID may have been reused. The kubeconfig that the arguments name would be
            // trusted.
            return parentId() == parent ? arguments : [];
        }
        catch (UnreadableFileException e)
        {
            throw new ProviderException(
                Reasons.KubeconfigInvalid,
                $"the kubelet's command line, which may name its kubeconfig, cannot be read: {e.Message}",
                "name the kubeconfig with --kubeconfig"
            );
        }
    }
}
