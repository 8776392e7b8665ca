// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace CrioCredentialProvider.Secrets;

/// <summary>A request failed, but may succeed later; the message completes a line.</summary>
/// <param name="problem">Completes a line, for example "Connection refused".</param>
/// <param name="retryAfter">How long the server asks to wait.</param>
/// <param name="isOutOfTime">Whether the deadline passed; an earlier failure then explains more.</param>
internal sealed class ApiTransientException(string problem, TimeSpan? retryAfter = null, bool isOutOfTime = false)
    : Exception(problem)
{
    public TimeSpan? RetryAfter => retryAfter;

    public bool IsOutOfTime => isOutOfTime;
}

/// <summary>The API server refused a request permanently.</summary>
/// <param name="status">Neither 200 nor a transient status.</param>
/// <param name="explanation">The server's own message, or what else is known; may be empty.</param>
internal sealed class ApiRefusedException(HttpStatusCode status, string explanation) : Exception(explanation)
{
    public HttpStatusCode Status => status;
}
