// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics;
using Tmds.DBus.Protocol;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>A connection to systemd's manager, for method calls and job results.</summary>
internal sealed class SystemdBus : IDisposable
{
    private const string Service = "org.freedesktop.systemd1";
    private const string ManagerPath = "/org/freedesktop/systemd1";
    private const string Manager = "org.freedesktop.systemd1.Manager";

    /// <summary>
    /// Stopping a unit takes at most 90 s by default (TimeoutStopSec); then systemd kills it, and the start follows.
    /// </summary>
    private static readonly TimeSpan LongestJob = TimeSpan.FromSeconds(180);

    private static readonly TimeSpan LongestConnect = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(60);

    private readonly DBusConnection connection;
    private readonly ConcurrentDictionary<string, string> endedJobs = new();
    private readonly SemaphoreSlim jobEnded = new(0);
    private IDisposable? jobs;

    private SystemdBus(DBusConnection connection) => this.connection = connection;

    /// <param name="socket">The system bus, or systemd's private socket.</param>
    /// <exception cref="ServiceManagerException">There is no socket, or nothing responds.</exception>
    public static async Task<SystemdBus> ConnectAsync(string socket)
    {
        var bus = new SystemdBus(new DBusConnection(new BusOptions(socket)));
        try
        {
            await bus.connection.ConnectAsync().AsTask().WaitAsync(LongestConnect);
            await bus.SubscribeAsync();
            return bus;
        }
        catch (Exception e)
            when (e
                    is DBusExceptionBase
                        or TimeoutException
                        or IOException
                        or System.Net.Sockets.SocketException
                        or ServiceManagerException
            )
        {
            bus.Dispose();
            throw new ServiceManagerException(Diagnostics.OneLine.Of((e.InnerException ?? e).Message));
        }
    }

    public void Dispose()
    {
        jobs?.Dispose();
        connection.Dispose();
        jobEnded.Dispose();
    }

    private async Task SubscribeAsync()
    {
        var match = connection
            .AddMatchAsync(
                new MatchRule
                {
                    Type = MessageType.Signal,
                    Interface = Manager,
                    Member = "JobRemoved",
                },
                static (message, _) =>
                {
                    var reader = message.GetBodyReader();
                    _ = reader.ReadUInt32();
                    var job = reader.ReadObjectPathAsString();
                    _ = reader.ReadString();
                    return (Job: job, Result: reader.ReadString());
                },
                (Notification<(string Job, string Result)> notification) =>
                {
                    if (notification.HasValue)
                    {
                        endedJobs[notification.Value.Job] = notification.Value.Result;
                        _ = jobEnded.Release();
                    }
                },
                emitOnCapturedContext: false
            )
            .AsTask();
        await ((Task)match).WaitAsync(LongestCall);
        jobs = await match;
        _ = await AskAsync("Subscribe", null, null, static (_, _) => true);
    }

    /// <summary>Calls a manager method that starts a job for a unit, and waits for the job to end.</summary>
    public Task<string> RunJobAsync(string method, string unit) =>
        EndOfAsync(method, "ss", (ref MessageWriter writer) =>
        {
            writer.WriteString(unit);
            writer.WriteString("replace");
        });

    /// <summary>Calls a method that starts a job, and waits for the job to end.</summary>
    public async Task<string> EndOfAsync(string method, string signature, BodyWriter write)
    {
        var job = await AskAsync(method, signature, write, static (message, _) =>
            message.GetBodyReader().ReadObjectPathAsString()
        );
        var watch = Stopwatch.StartNew();
        while (true)
        {
            if (endedJobs.TryRemove(job, out var result))
            {
                return result;
            }

            var rest = LongestJob - watch.Elapsed;
            if (rest <= TimeSpan.Zero)
            {
                return $"did not end within {LongestJob.TotalSeconds:0} s";
            }

            // The signal may be for another job, so check the table again.
            _ = await jobEnded.WaitAsync(rest < TimeSpan.FromSeconds(1) ? rest : TimeSpan.FromSeconds(1));
        }
    }

    /// <summary>Reads the properties of one interface of an object.</summary>
    public Task<Dictionary<string, VariantValue>> PropertiesAsync(string path, string of) =>
        CallAsync(
            path,
            "org.freedesktop.DBus.Properties",
            "GetAll",
            "s",
            (ref MessageWriter writer) => writer.WriteString(of),
            static (message, _) => message.GetBodyReader().ReadDictionaryOfStringToVariantValue()
        );

    /// <summary>Calls a method of the manager.</summary>
    /// <exception cref="ServiceManagerException">systemd rejects the call, or does not respond.</exception>
    public Task<T> AskAsync<T>(string member, string? signature, BodyWriter? write, MessageValueReader<T> read) =>
        CallAsync(ManagerPath, Manager, member, signature, write, read);

    private async Task<T> CallAsync<T>(
        string path,
        string face,
        string member,
        string? signature,
        BodyWriter? write,
        MessageValueReader<T> read
    )
    {
        MessageBuffer message;
        var writer = connection.GetMessageWriter();
        try
        {
            writer.WriteMethodCallHeader(Service, path, face, member, signature);
            write?.Invoke(ref writer);
            message = writer.CreateMessage();
        }
        finally
        {
            writer.Dispose();
        }

        try
        {
            // WaitAsync of Task<T> would give each task type of the program another type to initialize (docs/adr/0026).
            var call = connection.CallMethodAsync(message, read);
            await ((Task)call).WaitAsync(LongestCall);
            return await call;
        }
        catch (DBusErrorReplyException e)
        {
            throw new ServiceManagerException($"{member}: {e.ErrorName}: {Diagnostics.OneLine.Of(e.Message)}");
        }
        catch (Exception e) when (e is DBusExceptionBase or TimeoutException or IOException)
        {
            throw new ServiceManagerException($"{member}: {Diagnostics.OneLine.Of(e.Message)}");
        }
    }

    public delegate void BodyWriter(ref MessageWriter writer);
}
