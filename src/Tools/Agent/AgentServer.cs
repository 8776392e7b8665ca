// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text;
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Tools.Agent;

/// <summary>A page that the agent serves.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="ContentType">Of the body.</param>
/// <param name="Body">The whole body.</param>
internal sealed record AgentPage(int Status, string ContentType, byte[] Body)
{
    public static AgentPage Text(int status, string line) =>
        new(status, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(line + "\n"));
}

/// <summary>
/// Serves a few pages by HTTP, for GET and HEAD. Nothing that a client sends is read but method and path.
/// </summary>
internal sealed class AgentServer : IDisposable
{
    private readonly HttpListener listener = new() { IgnoreWriteExceptions = true };
    private readonly IReadOnlyDictionary<string, Func<Task<AgentPage>>> pages;
    private readonly Task serving;

    private AgentServer(IPEndPoint address, IReadOnlyDictionary<string, Func<Task<AgentPage>>> pages)
    {
        this.pages = pages;

        // Only this spelling takes requests that name the host otherwise than by its address.
        var host = address.Address.Equals(IPAddress.Any) ? "+" : new IPEndPoint(address.Address, 0).ToString()[..^2];
        listener.Prefixes.Add($"http://{host}:{address.Port}/");
        listener.TimeoutManager.IdleConnection = TimeSpan.FromSeconds(60);
        listener.Start();
        serving = ServeAsync();
    }

    /// <param name="address">An IPv4 address of 0.0.0.0 is all of them.</param>
    /// <param name="pages">By path.</param>
    /// <exception cref="ProviderException">The address is in use, or not one of this node.</exception>
    public static AgentServer Start(IPEndPoint address, IReadOnlyDictionary<string, Func<Task<AgentPage>>> pages)
    {
        try
        {
            return new AgentServer(address, pages);
        }
        catch (HttpListenerException e)
        {
            throw new ProviderException(
                Reasons.AgentAddressUnusable,
                $"{address} cannot be listened on: {OneLine.Of(e.Message)}",
                "name another address with --listen"
            );
        }
    }

    public void Dispose()
    {
        listener.Close();
        serving.GetAwaiter().GetResult();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                // It was closed.
                return;
            }

            await AnswerAsync(context);
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var isRead = context.Request.HttpMethod is "GET" or "HEAD";
        var page =
            !isRead ? AgentPage.Text((int)HttpStatusCode.MethodNotAllowed, "only GET and HEAD")
            : pages.TryGetValue(context.Request.Url?.AbsolutePath ?? "", out var make) ? await make()
            : AgentPage.Text((int)HttpStatusCode.NotFound, string.Join(' ', pages.Keys));
        using var response = context.Response;
        response.StatusCode = page.Status;
        response.ContentType = page.ContentType;
        response.ContentLength64 = page.Body.Length;
        if (context.Request.HttpMethod != "HEAD")
        {
            try
            {
                await response.OutputStream.WriteAsync(page.Body);
            }
            catch (Exception e) when (e is HttpListenerException or IOException)
            {
                // Whoever asked is gone.
            }
        }
    }
}
