// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Identity;
using CrioCredentialProvider.PullRecords;
using CrioCredentialProvider.Tests.AuthFile;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.PullRecords;

/// <summary>Only the kubelet's own record vouches, and only for exactly the service account that it names.</summary>
public sealed class PulledRecordReaderTests : IDisposable
{
    private const string Image = "docker.io/library/prive2";
    private static readonly string Captured = File.ReadAllText(
        Path.Combine(Repository.Root, "tests/captures/kubelet/pulled-record-service-accounts.json")
    );

    private readonly HandOverWorld world = new();

    public void Dispose() => world.Dispose();

    [Theory]
    [InlineData(Image, "team-a", "default", "cfce3b17-314a-49a6-9e11-45a65e2b4dba", true)]
    [InlineData(Image, "team-a", "second", "9ba9e71c-c3dc-447f-b0d8-7a7c6c392840", true)]
    [InlineData(Image, "team-a", "default", "9ba9e71c-c3dc-447f-b0d8-7a7c6c392840", false)] // another account's UID
    [InlineData(Image, "team-b", "default", "cfce3b17-314a-49a6-9e11-45a65e2b4dba", false)]
    [InlineData(Image, "team-a", "third", "cfce3b17-314a-49a6-9e11-45a65e2b4dba", false)]
    [InlineData(Image, "team-a", "default", null, false)]
    [InlineData("docker.io/library/prive", "team-a", "default", "cfce3b17-314a-49a6-9e11-45a65e2b4dba", false)]
    public void The_captured_record_names_namespace_name_and_UID(
        string image,
        string ns,
        string name,
        string? uid,
        bool isNamed
    )
    {
        Put(Captured);
        Assert.Equal(
            isNamed,
            PulledRecordReader.Names(world.At("kubelet"), HandOverWorld.Repository(image), Identity(ns, name, uid))
        );
    }

    [Fact]
    public void A_record_for_every_pod_of_the_node_names_no_account()
    {
        Put(File.ReadAllText(Path.Combine(Repository.Root, "tests/captures/kubelet/pulled-record-node-pods.json")));
        Assert.False(
            PulledRecordReader.Names(
                world.At("kubelet"),
                HandOverWorld.Repository("docker.io/library/prive3"),
                Identity("team-a", "default", "cfce3b17-314a-49a6-9e11-45a65e2b4dba")
            )
        );
    }

    [Theory]
    [InlineData("v1beta1\"", "v2\"")]
    [InlineData("ImagePulledRecord", "ImagePullIntent")]
    [InlineData("kubernetesServiceAccounts\":[", "kubernetesSecrets\":[")]
    [InlineData("\"kind\"", "\"Kind\"")]
    [InlineData("]}}}", "]}}")]
    public void A_document_of_another_kind_or_version_is_not_believed(string from, string to)
    {
        Assert.Contains(from, Captured, StringComparison.Ordinal);
        Put(Captured.Replace(from, to, StringComparison.Ordinal));
        Assert.False(IsNamed());
    }

    [Theory]
    [InlineData("directory of another user's making")]
    [InlineData("file that others can write")]
    [InlineData("link")]
    [InlineData("half-written")]
    [InlineData("other owner")]
    public void Only_a_regular_file_of_roots_in_a_directory_of_roots_is_believed(string what)
    {
        Put(Captured);
        Assert.True(IsNamed());
        var path = $"{Pulled}/sha256-1";
        switch (what)
        {
            case "directory of another user's making":
                File.SetUnixFileMode(Pulled, (UnixFileMode)0x1FF);
                break;
            case "file that others can write":
                File.SetUnixFileMode(path, (UnixFileMode)0x1B6);
                break;
            case "link":
                File.Move(path, world.At("record"));
                File.CreateSymbolicLink(path, world.At("record"));
                break;
            case "half-written":
                File.Move(path, path + ".tmp");
                break;
            default:
                using (var chown = System.Diagnostics.Process.Start("chown", ["65534", path]))
                {
                    chown.WaitForExit();
                    Assert.SkipUnless(chown.ExitCode == 0, "only root can give a file away");
                }

                break;
        }

        Assert.False(IsNamed());
    }

    private string Pulled => world.At("kubelet/image_manager/pulled");

    private bool IsNamed() =>
        PulledRecordReader.Names(
            world.At("kubelet"),
            HandOverWorld.Repository(Image),
            Identity("team-a", "default", "cfce3b17-314a-49a6-9e11-45a65e2b4dba")
        );

    private static PodIdentity Identity(string ns, string name, string? uid) =>
        new(ns, name, "pod", [], null) { ServiceAccountUid = uid };

    private void Put(string record)
    {
        Directory.CreateDirectory(Pulled, (UnixFileMode)0x1C0);
        File.WriteAllText($"{Pulled}/sha256-1", record);
    }
}
