// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;

namespace CrioCredentialProvider.TestSupport;

/// <summary>Runs an action many times in parallel.</summary>
internal static class Together
{
    /// <summary>Uses one thread for each call, because the thread pool would start them one after the other.</summary>
    public static List<T> Run<T>(int count, Func<int, T> action)
    {
        ConcurrentBag<T> results = [];
        ConcurrentBag<Exception> failures = [];
        var threads = Enumerable
            .Range(0, count)
            .Select(i => new Thread(() =>
            {
                try
                {
                    results.Add(action(i));
                }
                catch (Exception e)
                {
                    failures.Add(e);
                }
            }))
            .ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        Assert.Empty(failures);
        return [.. results];
    }
}
