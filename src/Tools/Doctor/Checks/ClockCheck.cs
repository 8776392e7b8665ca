// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Tools.ClusterApi;
using CrioCredentialProvider.Tools.Doctor.Report;
using CrioCredentialProvider.Tools.Doctor.View;

namespace CrioCredentialProvider.Tools.Doctor.Checks;

/// <summary>
/// CP014: tokens are valid for an hour by the API server's clock, and the kubelet renews them by its own clock when a
/// fifth of that time is left. A node whose clock is more than these 12 minutes late presents expired tokens.
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

    /// <param name="date">The server's clock, truncated to a second.</param>
    /// <param name="asked">The node's clock before the request.</param>
    /// <param name="answered">The node's clock after the response.</param>
    public static CheckResult Judge(DateTimeOffset date, DateTimeOffset asked, DateTimeOffset answered)
    {
        // The server set its date at some time between request and response, and truncated it to a second.
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
