// SPDX-License-Identifier: Apache-2.0
using Tmds.DBus.Protocol;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>
/// systemd's manager over D-Bus (org.freedesktop.systemd1(5)). It uses the system bus, or systemd's private socket if
/// the bus does not respond, for example while it restarts.
/// </summary>
internal sealed class SystemdClient(SystemdBus bus) : IServiceManager
{
    private const string NoSuchUnit = "org.freedesktop.systemd1.NoSuchUnit";
    private const string NotLoaded = "org.freedesktop.systemd1.UnitNotLoaded";

    public bool IsRunning => true;

    /// <param name="busSocket">The system bus.</param>
    /// <param name="privateSocket">systemd's private socket.</param>
    /// <returns>The client, or a <see cref="NoServiceManager"/> with the reason.</returns>
    public static async Task<IServiceManager> ConnectAsync(string busSocket, string privateSocket)
    {
        var problems = new List<string>();

        // Try each twice: systemd or the bus may just be restarting.
        foreach (var socket in (string[])[busSocket, privateSocket, busSocket, privateSocket])
        {
            try
            {
                return new SystemdClient(await SystemdBus.ConnectAsync(socket));
            }
            catch (ServiceManagerException e)
            {
                problems.Add($"{socket}: {e.Message}");
            }
        }

        return new NoServiceManager($"systemd does not respond ({string.Join("; ", problems.Distinct())})");
    }

    public async Task<UnitStatus> StatusAsync(string unit)
    {
        // LoadUnit also succeeds for a unit that does not exist; GetUnit finds only loaded units.
        var path = await bus.AskAsync("LoadUnit", "s", Write, static (message, _) =>
            message.GetBodyReader().ReadObjectPathAsString()
        );
        var state = await bus.PropertiesAsync(path, "org.freedesktop.systemd1.Unit");
        var isLoaded = state["LoadState"].GetString() == "loaded";
        var service =
            isLoaded && unit.EndsWith(".service", StringComparison.Ordinal)
                ? await bus.PropertiesAsync(path, "org.freedesktop.systemd1.Service")
                : [];
        return new UnitStatus(
            isLoaded,
            state["ActiveState"].GetString(),
            service.TryGetValue("MainPID", out var pid) ? (int)pid.GetUInt32() : 0,
            service.TryGetValue("NRestarts", out var restarts) ? restarts.GetUInt32() : 0,
            Convert.ToHexStringLower(state["InvocationID"].GetArray<byte>())
        )
        {
            Files = isLoaded ? [state["FragmentPath"].GetString(), .. state["DropInPaths"].GetArray<string>()] : [],
        };

        void Write(ref MessageWriter writer) => writer.WriteString(unit);
    }

    public Task<IReadOnlyList<string>> CommandLineAsync(string unit, int process)
    {
        return bus.AskAsync("GetUnitProcesses", "s", Write, Read);

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
                    // systemd quotes arguments with spaces or special characters; the flags we read have none.
                    return line.Split(' ');
                }
            }

            return [];
        }
    }

    public Task ReloadAsync() => bus.AskAsync("Reload", null, null, static (_, _) => true);

    public Task<string> RestartAsync(string unit) => bus.RunJobAsync("RestartUnit", unit);

    public Task<string> StartAsync(string unit) => bus.RunJobAsync("StartUnit", unit);

    public async Task StopAsync(string unit)
    {
        try
        {
            _ = await bus.RunJobAsync("StopUnit", unit);
        }
        catch (ServiceManagerException e)
            when (e.Message.Contains(NoSuchUnit, StringComparison.Ordinal)
                || e.Message.Contains(NotLoaded, StringComparison.Ordinal)
            )
        {
            // The unit is not running, as wanted.
        }
    }

    public async Task ResetFailedAsync(string unit)
    {
        try
        {
            _ = await bus.AskAsync("ResetFailedUnit", "s", Write, static (_, _) => true);
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
        // A failed service of that name would make StartTransientUnit fail.
        await StopAsync(name + ".timer");
        await ResetFailedAsync(name + ".service");
        var result = await bus.EndOfAsync("StartTransientUnit", "ssa(sv)a(sa(sv))", Write);
        if (result != "done")
        {
            throw new ServiceManagerException($"timer \"{name}.timer\" was not started: {result}");
        }

        void Write(ref MessageWriter writer) => TransientTimer.Write(ref writer, name, after, command);
    }

    public void Dispose() => bus.Dispose();
}
