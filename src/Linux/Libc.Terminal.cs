// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace CrioCredentialProvider.Linux;

internal static partial class Libc
{
    private const nuint TIOCGWINSZ = 0x5413;

    /// <summary>The width of a terminal; null if the descriptor is not a terminal or the width is unknown.</summary>
    public static int? TerminalColumns(int descriptor) =>
        Ioctl(descriptor, TIOCGWINSZ, out var size) == 0 && size.Columns > 0 ? size.Columns : null;

    /// <summary>ioctl(2) with a <c>struct winsize</c> (TIOCGWINSZ(2const)).</summary>
    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Ioctl(int descriptor, nuint request, out WindowSize size);

    [StructLayout(LayoutKind.Sequential)]
    private struct WindowSize
    {
        public ushort Rows;
        public ushort Columns;
        public ushort WidthInPixels;
        public ushort HeightInPixels;
    }
}
