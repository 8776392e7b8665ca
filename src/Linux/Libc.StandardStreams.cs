using System.Runtime.InteropServices;

namespace CrioCredentialProvider.Linux;

internal static partial class Libc
{
    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int descriptor, int command);

    /// <summary>
    /// Takes the places of stdin, stdout and stderr where they were closed by whoever started us: otherwise the next
    /// file or connection that is opened would get such a number, and what is meant for stdout would go there. Each
    /// place is opened the wrong way round, so that its use fails instead of getting lost.
    /// </summary>
    public static void OccupyStandardStreams()
    {
        const int GetFlags = 1; // F_GETFD
        for (var descriptor = 0; descriptor <= 2; descriptor++)
        {
            if (Control(descriptor, GetFlags) < 0)
            {
                _ = Open("/dev/null", descriptor == 0 ? WriteOnly : ReadOnly);
            }
        }
    }
}
