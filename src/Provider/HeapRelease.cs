// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider;

/// <summary>Returns memory to the kernel before a wait.</summary>
internal static class HeapRelease
{
    /// <summary>
    /// In bytes. A run with a few secrets never allocates this much, and a collection would cost it more than it frees.
    /// </summary>
    private const long Threshold = 8 * 1024 * 1024;

    /// <summary>Collects and decommits the garbage of a large namespace; does nothing after a small one.</summary>
    public static void Run()
    {
        if (GC.GetTotalMemory(forceFullCollection: false) > Threshold)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }
}
