// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics;
using Tmds.DBus.Protocol;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>
/// systemd's manager over D-Bus (org.freedesktop.systemd1(5)): by the system bus, and by systemd's own socket where the
/// bus does not answer, as while it is being restarted.
/// </summary>
internal sealed class SystemdClient : IServiceManager
{
    private const string Service = "org.freedesktop.systemd1";
    private const string ManagerPath = "/org/freedesktop/systemd1";
    private const string Manager = "org.freedesktop.systemd1.Manager";
    private const string NoSuchUnit = "org.freedesktop.systemd1.NoSuchUnit";
    private const string NotLoaded = "org.freedesktop.systemd1.UnitNotLoaded";

    /// <summary>The longest stop of a unit is 90 s by default (TimeoutStopSec), then it is killed and
    /// started.</summary>
    private static readonly TimeSpan LongestJob = TimeSpan.FromSeconds(180);

    private static readonly TimeSpan LongestConnect = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(60);

    private readonly DBusConnection connection;
    private readonly ConcurrentDictionary<string, string> endedJobs = new();
    private readonly SemaphoreSlim jobEnded = new(0);
    private IDisposable? jobs;

    private SystemdClient(DBusConnection connection) => this.connection = connection;

    public bool IsRunning => true;

    /// <param name="busSocket">The system bus.</param>
    /// <param name="privateSocket">systemd's own.</param>
    /// <returns>The client, or one that restarts nothing and says why.</returns>
    public static async Task<IServiceManager> ConnectAsync(string busSocket, string privateSocket)
    {
        var problems = new List<string>();

        // Each twice: systemd or the bus may be starting again at this moment.
        foreach (var socket in (string[])[busSocket, privateSocket, busSocket, privateSocket])
        {
            var connection = new DBusConnection("unix:path=" + socket);
            var client = new SystemdClient(connection);
            try
            {
                await connection.ConnectAsync().AsTask().WaitAsync(LongestConnect);
                await client.SubscribeAsync();
                return client;
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
                client.Dispose();
                problems.Add($"{socket}: {Diagnostics.OneLine.Of((e.InnerException ?? e).Message)}");
            }
        }

        return new NoServiceManager($"systemd does not answer ({string.Join("; ", problems.Distinct())})");
    }

    public async Task<UnitStatus> StatusAsync(string unit)
    {
        // LoadUnit also answers for a unit that is not there; GetUnit knows only what is in memory.
        var path = await AskAsync("LoadUnit", "s", Write, static (message, _) =>
            message.GetBodyReader().ReadObjectPathAsString()
        );
        var state = await PropertiesAsync(path, "org.freedesktop.systemd1.Unit");
        var isLoaded = state["LoadState"].GetString() == "loaded";
        var service =
            isLoaded && unit.EndsWith(".service", StringComparison.Ordinal)
                ? await PropertiesAsync(path, "org.freedesktop.systemd1.Service")
                : [];
        return new UnitStatus(
            isLoaded,
            state["ActiveState"].GetString(),
            service.TryGetValue("MainPID", out var pid) ? (int)pid.GetUInt32() : 0,
            service.TryGetValue("NRestarts", out var restarts) ? restarts.GetUInt32() : 0,
            Convert.ToHexStringLower(state["InvocationID"].GetArray<byte>())
        );

        void Write(ref MessageWriter writer) => writer.WriteString(unit);
    }

    public Task<IReadOnlyList<string>> CommandLineAsync(string unit, int process)
    {
        return AskAsync("GetUnitProcesses", "s", Write, Read);

        void Write(ref MessageWriter writer) => writer.WriteString(unit);

        IReadOnlyList<string> Read(Message message, object? state)
        {
            var reader = message.GetBodyReader();
            var end = reader.ReadArrayStart(DBusType.Struct);
            while (reader.HasNext(end))
            {
                reader.AlignStruct();
                _ = reader.ReadString();
                var id = reader.ReadUInt32();
                var line = reader.ReadString();
                if (id == process)
                {
                    // systemd quotes an argument that has a blank or worse; the flags that count here have none.
                    return line.Split(' ');
                }
            }

            return [];
        }
    }

    public Task ReloadAsync() => AskAsync("Reload", null, null, static (_, _) => true);

    public Task<string> RestartAsync(string unit) => RunJobAsync("RestartUnit", unit);

    public Task<string> StartAsync(string unit) => RunJobAsync("StartUnit", unit);

    public async Task StopAsync(string unit)
    {
        try
        {
            _ = await RunJobAsync("StopUnit", unit);
        }
        catch (ServiceManagerException e)
            when (e.Message.Contains(NoSuchUnit, StringComparison.Ordinal)
                || e.Message.Contains(NotLoaded, StringComparison.Ordinal)
            )
        {
            // It runs no more, which is what was wanted.
        }
    }

    public async Task ResetFailedAsync(string unit)
    {
        try
        {
            _ = await AskAsync("ResetFailedUnit", "s", Write, static (_, _) => true);
        }
        catch (ServiceManagerException e)
            when (e.Message.Contains(NoSuchUnit, StringComparison.Ordinal)
                || e.Message.Contains(NotLoaded, StringComparison.Ordinal)
            )
        {
            // A unit that is not loaded has not failed.
        }

        void Write(ref MessageWriter writer) => writer.WriteString(unit);
    }

    public async Task ArmTimerAsync(string name, TimeSpan after, IReadOnlyList<string> command)
    {
        // A service of that name that has failed before would be in the way.
        await StopAsync(name + ".timer");
        await ResetFailedAsync(name + ".service");
        var result = await EndOfAsync("StartTransientUnit", "ssa(sv)a(sa(sv))", Write);
        if (result != "done")
        {
            throw new ServiceManagerException($"timer \"{name}.timer\" was not started: {result}");
        }

        void Write(ref MessageWriter writer) => TransientTimer.Write(ref writer, name, after, command);
    }

    public void Dispose()
    {
        jobs?.Dispose();
        connection.Dispose();
        jobEnded.Dispose();
    }

    private async Task SubscribeAsync()
    {
        jobs = await connection
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
            .AsTask()
            .WaitAsync(LongestCall);
        _ = await AskAsync("Subscribe", null, null, static (_, _) => true);
    }

    private Task<string> RunJobAsync(string method, string unit) =>
        EndOfAsync(method, "ss", (ref MessageWriter writer) =>
        {
            writer.WriteString(unit);
            writer.WriteString("replace");
        });

    /// <summary>Calls a method that starts a job, and waits for the job's end.</summary>
    private async Task<string> EndOfAsync(string method, string signature, BodyWriter write)
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

            // One release may be another job's: the table is looked at again.
            _ = await jobEnded.WaitAsync(rest < TimeSpan.FromSeconds(1) ? rest : TimeSpan.FromSeconds(1));
        }
    }

    private Task<Dictionary<string, VariantValue>> PropertiesAsync(string path, string of) =>
        CallAsync(
            path,
            "org.freedesktop.DBus.Properties",
            "GetAll",
            "s",
            (ref MessageWriter writer) => writer.WriteString(of),
            static (message, _) => message.GetBodyReader().ReadDictionaryOfStringToVariantValue()
        );

    private Task<T> AskAsync<T>(string member, string? signature, BodyWriter? write, MessageValueReader<T> read) =>
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
            return await connection.CallMethodAsync(message, read).WaitAsync(LongestCall);
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

    private delegate void BodyWriter(ref MessageWriter writer);
}
