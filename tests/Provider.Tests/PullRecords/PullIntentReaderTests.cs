// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.PullRecords;
using CrioCredentialProvider.Tests.AuthFile;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.PullRecords;

/// <summary>What the kubelet's directory of pull intents can hold, and what is made of it.</summary>
public sealed class PullIntentReaderTests : IDisposable
{
    private readonly HandOverWorld world = new();

    public void Dispose() => world.Dispose();

    [Fact]
    public void The_captured_intent_is_of_its_image_and_of_no_other()
    {
        world.KeepIntents();
        Put(
            "sha256-786f4055f0e7b51ae00013dae438c6986248a942daa5192f19923080848f0fd7",
            File.ReadAllText(Path.Combine(Repository.Root, "tests/captures/kubelet/pull-intent.json"))
        );
        Assert.Equal((PullIntent.Present, null), Look("docker.io/library/other"));
        Assert.Equal((PullIntent.Absent, null), Look("docker.io/library/othe"));
        Assert.Equal((PullIntent.Absent, null), Look("docker.io/library/other/deeper"));
    }

    /// <summary>An intent has the image as the pod names it; another tag, or another namespace's pod, is the same
    /// image.</summary>
    [Theory]
    [InlineData("nginx")]
    [InlineData("nginx:1.29")]
    [InlineData("docker.io/nginx:latest")]
    [InlineData(
        "index.docker.io/library/nginx@sha256:7e59ad64326bc321517fb6fc6586de5ee149178394d9edfa2a877176cdf6fad5"
    )]
    public void Every_way_to_name_the_image_is_the_image(string name)
    {
        world.AddIntent(name);
        Assert.Equal((PullIntent.Present, null), Look(HandOverWorld.Image));
    }

    [Fact]
    public void The_version_of_older_kubelets_is_known_as_well()
    {
        world.AddIntent("nginx", "v1alpha1");
        Assert.Equal((PullIntent.Present, null), Look(HandOverWorld.Image));
    }

    [Fact]
    public void Without_the_directory_nothing_is_known_and_nothing_is_wrong() =>
        Assert.Equal((PullIntent.Unknown, null), Look(HandOverWorld.Image));

    [Theory]
    [InlineData("sha256-0.tmp", "{\"kind\":\"ImagePullI")] // half-written: the kubelet renames it when it is complete
    [InlineData("notes.txt", "anything")]
    public void What_is_not_an_intent_is_skipped(string name, string content)
    {
        world.KeepIntents();
        Put(name, content);
        Assert.Equal((PullIntent.Absent, null), Look(HandOverWorld.Image));
    }

    [Theory]
    [InlineData("{\"kind\":\"ImagePullI", "is not an ImagePullIntent of a known version")]
    [InlineData("", "is not an ImagePullIntent of a known version")]
    [InlineData("[]", "is not an ImagePullIntent of a known version")]
    [InlineData(
        """{"kind":"ImagePullIntent","apiVersion":"kubelet.config.k8s.io/v2","image":"nginx"}""",
        "is not an ImagePullIntent of a known version"
    )]
    [InlineData(
        """{"kind":"ImagePulledRecord","apiVersion":"kubelet.config.k8s.io/v1beta1","image":"nginx"}""",
        "is not an ImagePullIntent of a known version"
    )]
    [InlineData(
        """{"kind":"ImagePullIntent","apiVersion":"kubelet.config.k8s.io/v1beta1"}""",
        "is not an ImagePullIntent of a known version"
    )]
    public void One_intent_that_cannot_be_read_leaves_it_open_for_all_images(string content, string problem)
    {
        world.AddIntent("nginx");
        Put("sha256-1", content);
        Assert.Equal((PullIntent.Unknown, $"\"{Pulling}/sha256-1\" {problem}"), Look(HandOverWorld.Image));
    }

    [Fact]
    public void An_image_that_cannot_be_pulled_is_not_an_image()
    {
        world.AddIntent("UPPER/case");
        Assert.Equal((PullIntent.Absent, null), Look(HandOverWorld.Image));
    }

    [Theory]
    [InlineData("link", "Too many levels of symbolic links")]
    [InlineData("directory", "is not a file of at most 65536 bytes that only root can write")]
    [InlineData("pipe", "is not a file of at most 65536 bytes that only root can write")]
    [InlineData("large", "is not a file of at most 65536 bytes that only root can write")]
    [InlineData("writable by others", "is not a file of at most 65536 bytes that only root can write")]
    public void A_file_that_the_kubelet_did_not_write_is_reported(string what, string problem)
    {
        var intent = world.AddIntent("other");
        var path = $"{Pulling}/sha256-1";
        switch (what)
        {
            case "link":
                File.CreateSymbolicLink(path, intent);
                break;
            case "directory":
                Directory.CreateDirectory(path);
                break;
            case "pipe":
                System.Diagnostics.Process.Start("mkfifo", path).WaitForExit();
                break;
            case "large":
                File.WriteAllText(path, new string(' ', 65537));
                break;
            default:
                File.Copy(intent, path);
                File.SetUnixFileMode(path, (UnixFileMode)0x1B6);
                break;
        }

        var (known, told) = Look(HandOverWorld.Image);
        Assert.Equal(PullIntent.Unknown, known);
        Assert.Contains(problem, told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("writable by others", "others than root can write to it")]
    [InlineData("a file", "cannot be opened: Not a directory")]
    [InlineData("a link", "cannot be opened: Not a directory")]
    public void A_directory_that_is_not_the_kubelets_is_reported(string what, string problem)
    {
        world.AddIntent("nginx");
        switch (what)
        {
            case "writable by others":
                File.SetUnixFileMode(Pulling, (UnixFileMode)0x1FF);
                break;
            case "a file":
                Directory.Delete(Pulling, recursive: true);
                File.WriteAllText(Pulling, "");
                break;
            default:
                Directory.Move(Pulling, world.At("elsewhere"));
                Directory.CreateSymbolicLink(Pulling, world.At("elsewhere"));
                break;
        }

        var (known, told) = Look(HandOverWorld.Image);
        Assert.Equal(PullIntent.Unknown, known);
        Assert.Contains(problem, told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4096, true)]
    [InlineData(4097, false)]
    public void Thousands_of_intents_are_read_up_to_a_bound(int count, bool isKnown)
    {
        for (var i = 0; i < count; i++)
        {
            world.AddIntent($"quay.io/a/b:{i}");
        }

        var (known, told) = Look("quay.io/a/b");
        Assert.Equal(isKnown ? PullIntent.Present : PullIntent.Unknown, known);
        Assert.Equal(isKnown ? null : $"\"{Pulling}\" holds {count} pull intents, more than 4096", told);
    }

    [Fact]
    public void Intents_that_come_and_go_are_seen_by_the_same_reader()
    {
        world.KeepIntents();
        using var reader = PullIntentReader.Open(world.At("kubelet"));
        Assert.Equal(PullIntent.Absent, reader.Of(HandOverWorld.Image));
        var path = world.AddIntent("nginx");
        Assert.Equal(PullIntent.Present, reader.Of(HandOverWorld.Image));
        File.Delete(path);
        Assert.Equal(PullIntent.Absent, reader.Of(HandOverWorld.Image));
    }

    [Theory]
    [InlineData(null, null, "/var/lib/kubelet")]
    [InlineData(null, "/data/kubelet/", "/data/kubelet")]
    [InlineData(null, "relative", "/var/lib/kubelet")]
    [InlineData("/option", "/data/kubelet", "/option")]
    public void The_kubelets_directory_is_the_options_or_the_kubelets_or_the_usual_one(
        string? option,
        string? flag,
        string path
    ) => Assert.Equal(path, KubeletRoot.Of(option, flag));

    private string Pulling => world.At("kubelet/image_manager/pulling");

    private (PullIntent Known, string? Problem) Look(string image) => Look(HandOverWorld.Repository(image));

    private (PullIntent Known, string? Problem) Look(RepositoryName image)
    {
        using var reader = PullIntentReader.Open(world.At("kubelet"));
        return (reader.Of(image), reader.Problem);
    }

    private void Put(string name, string content) => File.WriteAllText($"{Pulling}/{name}", content);
}
