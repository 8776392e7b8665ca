// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace CrioCredentialProvider.Secrets;

/// <summary>A request failed in a way that may pass; the message says how.</summary>
/// <param name="problem">Completes a line, such as "Connection refused".</param>
/// <param name="retryAfter">How long the server asks to wait.</param>
/// <param name="isOutOfTime">Whether the deadline is the reason: then what happened before says more.</param>
internal sealed class ApiTransientException(string problem, TimeSpan? retryAfter = null, bool isOutOfTime = false)
    : Exception(problem)
{
    public TimeSpan? RetryAfter => retryAfter;

    public bool IsOutOfTime => isOutOfTime;
}

/// <summary>The API server refused a request for good.</summary>
/// <param name="status">Not 200, and none that may pass.</param>
/// <param name="explanation">The server's own message, or what else is known; may be empty.</param>
internal sealed class ApiRefusedException(HttpStatusCode status, string explanation) : Exception(explanation)
{
    public HttpStatusCode Status => status;
}
