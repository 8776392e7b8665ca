// SPDX-License-Identifier: Apache-2.0
using Tmds.DBus.Protocol;

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>
/// Writes the arguments of <c>StartTransientUnit</c> for a timer with its service, as systemd-run(1) does.
/// </summary>
internal static class TransientTimer
{
    public static void Write(ref MessageWriter writer, string name, TimeSpan after, IReadOnlyList<string> command)
    {
        writer.WriteString(name + ".timer");
        writer.WriteString("replace");
        var timer = writer.WriteArrayStart(DBusType.Struct);
        Property(ref writer, "Description");
        writer.WriteVariantString("Undo of an unconfirmed change of the kubelet's credential provider");
        Property(ref writer, "RemainAfterElapse");
        writer.WriteVariantBool(false);
        Property(ref writer, "AccuracyUSec");
        writer.WriteVariantUInt64(1_000_000);
        Property(ref writer, "TimersMonotonic");
        writer.WriteSignature("a(st)"u8);
        var elapse = writer.WriteArrayStart(DBusType.Struct);
        writer.WriteStructureStart();
        writer.WriteString("OnActiveSec");
        writer.WriteUInt64((ulong)after.TotalMicroseconds);
        writer.WriteArrayEnd(elapse);
        writer.WriteArrayEnd(timer);

        var units = writer.WriteArrayStart(DBusType.Struct);
        writer.WriteStructureStart();
        writer.WriteString(name + ".service");
        var service = writer.WriteArrayStart(DBusType.Struct);
        Property(ref writer, "Description");
        writer.WriteVariantString("Undo of an unconfirmed change of the kubelet's credential provider");
        Property(ref writer, "Type");
        writer.WriteVariantString("oneshot");
        Property(ref writer, "ExecStart");
        writer.WriteSignature("a(sasb)"u8);
        var lines = writer.WriteArrayStart(DBusType.Struct);
        writer.WriteStructureStart();
        writer.WriteString(command[0]);
        writer.WriteArray((IEnumerable<string>)command);
        writer.WriteBool(false);
        writer.WriteArrayEnd(lines);
        writer.WriteArrayEnd(service);
        writer.WriteArrayEnd(units);
    }

    private static void Property(ref MessageWriter writer, string name)
    {
        writer.WriteStructureStart();
        writer.WriteString(name);
    }
}
