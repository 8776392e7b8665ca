// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.ClusterApi;
using CrioCredentialProvider.Tools.Doctor.Report;
using CrioCredentialProvider.Tools.Doctor.View;

namespace CrioCredentialProvider.Tools.Doctor.Checks;

/// <summary>
/// CP014: tokens live an hour by the API server's clock, and the kubelet renews them by its own when a fifth of that is
/// left: a node that is late by more than these 12 minutes presents tokens that have expired.
/// </summary>
internal static class ClockCheck
{
    public static readonly Check Row = new("CP014", "clock", RunAsync);

    private static readonly TimeSpan Noticeable = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Harmful = TimeSpan.FromMinutes(10);

    private static async Task<CheckResult> RunAsync(NodeView view)
    {
        ApiReply reply;
        try
        {
            reply = await view.AskVersionAsync();
        }
        catch (ProviderException)
        {
            return CheckResult.Skipped("the API server does not answer: see CP009");
        }

        return reply.Date is { } date
            ? Judge(date, reply.Asked, reply.Answered)
            : CheckResult.Skipped("the API server's answer has no Date");
    }

    /// <param name="date">The server's clock, cut to a second.</param>
    /// <param name="asked">The node's clock before the question.</param>
    /// <param name="answered">The node's clock after the answer.</param>
    public static CheckResult Judge(DateTimeOffset date, DateTimeOffset asked, DateTimeOffset answered)
    {
        // The server's moment lay somewhere between question and answer, and its second is cut off.
        var late = date - answered;
        var early = asked - (date + TimeSpan.FromSeconds(1));
        var skew =
            late > TimeSpan.Zero ? late
            : early > TimeSpan.Zero ? early
            : TimeSpan.Zero;
        var found = new Findings();
        var side = late > TimeSpan.Zero ? "behind" : "ahead of";
        var problem = $"the node's clock is {skew.TotalSeconds:0} s {side} the API server's";
        if (skew > Harmful)
        {
            found.Fail(
                problem + ": tokens expire before the kubelet renews them",
                Fix.Run($"chronyc tracking; timedatectl")
            );
        }
        else if (skew > Noticeable)
        {
            found.Warn(problem, Fix.Run($"chronyc tracking; timedatectl"));
        }

        return found.ToResult($"within {Noticeable.TotalSeconds} s of the API server's");
    }
}
