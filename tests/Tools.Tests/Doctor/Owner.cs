// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using CrioCredentialProvider;
using CrioCredentialProvider.CommandLine;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Identity;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.TestSupport;
using CrioCredentialProvider.Tools.ClusterApi;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.Doctor.Checks;
using CrioCredentialProvider.Tools.Doctor.Report;
using CrioCredentialProvider.Tools.KubeletConfig;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tests.Doctor;

/// <summary>chown(2): the tests run as root, as the whole suite does.</summary>
internal static partial class Owner
{
    public static void Change(string path, uint user) => Assert.Equal(0, ChangeOwner(path, user, user));

    [LibraryImport("libc", EntryPoint = "lchown", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint user, uint group);
}
