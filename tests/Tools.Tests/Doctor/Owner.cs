// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace CrioCredentialProvider.Tests.Doctor;

/// <summary>chown(2): the tests run as root, as the whole suite does.</summary>
internal static partial class Owner
{
    public static void Change(string path, uint user) => Assert.Equal(0, ChangeOwner(path, user, user));

    [LibraryImport("libc", EntryPoint = "lchown", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint user, uint group);
}
