// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;

namespace CrioCredentialProvider.Tests;

/// <summary>Alone, because the heap is shared with all tests that run at the same time.</summary>
[Collection(Matching.HugeNamespaceTests.Alone)]
public sealed class HeapReleaseTests
{
    [Fact]
    public void The_garbage_of_a_large_namespace_is_gone_before_the_wait()
    {
        var garbage = LeaveGarbage();
        HeapRelease.Run();
        Assert.False(garbage.IsAlive);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference LeaveGarbage()
    {
        var pages = new List<byte[]>();
        for (var i = 0; i < 256; i++)
        {
            pages.Add(new byte[64 * 1024]);
        }

        // Garbage that a collection has seen once is in an older generation, as after a listing of some seconds.
        GC.Collect();
        return new WeakReference(pages);
    }
}
