// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace CrioCredentialProvider.Linux;

/// <summary>errno(3): the values that the program checks.</summary>
internal static class Errno
{
    public const int EPERM = 1;
    public const int ENOENT = 2;
    public const int ESRCH = 3;
    public const int EINTR = 4;
    public const int ENXIO = 6;
    public const int EAGAIN = 11;
    public const int EACCES = 13;
    public const int EBUSY = 16;
    public const int EEXIST = 17;
    public const int ENOTDIR = 20;
    public const int EINVAL = 22;
    public const int EMFILE = 24;
    public const int EPIPE = 32;
    public const int ENOSYS = 38;
    public const int ENOTEMPTY = 39;
    public const int ELOOP = 40;
    public const int ENODATA = 61;
    public const int EOPNOTSUPP = 95;
    public const int EINPROGRESS = 115;

    /// <summary>errno of the last failed call in this thread.</summary>
    public static int Last => Marshal.GetLastPInvokeError();

    /// <summary>
    /// Whether the last call failed because the name does not exist. After any other error, it may or may not exist.
    /// ESRCH is what a path below <c>/proc/PID</c> gives when its process ends while the kernel resolves the path.
    /// </summary>
    public static bool IsAbsence => Last is ENOENT or ENOTDIR or ESRCH;

    /// <summary>The message of the last error, for example "Permission denied".</summary>
    public static string Message => Marshal.GetLastPInvokeErrorMessage();
}
