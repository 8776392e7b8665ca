using System.Runtime.InteropServices;

namespace CrioCredentialProvider.Linux;

internal static partial class Libc
{
    /// <summary>getppid(2): 0 when the parent is in another PID namespace, init's or a reaper's when it has died.</summary>
    [LibraryImport("libc", EntryPoint = "getppid")]
    public static partial int ParentProcess();
}
