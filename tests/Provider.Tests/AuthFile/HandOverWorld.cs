// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Linux;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Tests.AuthFile;

/// <summary>CRI-O's directory, a run directory and a kubelet's records in a temporary folder, with clocks that can be
/// set.</summary>
internal sealed class HandOverWorld : IDisposable
{
    public static readonly RepositoryName Image = Repository("docker.io/library/nginx");

    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-").FullName;

    public HandOverWorld()
    {
        Directory.CreateDirectory(At("auth"), (UnixFileMode)0x1C0);
        Clocks = new Clocks(() => DateTimeOffset.UtcNow + ClockJump, () => Libc.BootTime() + Later);
    }

    /// <summary>By how much the time of day was set since.</summary>
    public TimeSpan ClockJump { get; set; }

    /// <summary>How much time has passed besides, for marks.</summary>
    public TimeSpan Later { get; set; }

    public Clocks Clocks { get; }

    public List<Notice> Notices { get; } = [];

    /// <summary>The file of the article's image in namespace default.</summary>
    public string FilePath => At("auth/" + FileName);

    public static string FileName => AuthFileName.For("default", Image);

    /// <summary>A canonical name.</summary>
    public static RepositoryName Repository(string name) =>
        RepositoryName.TryParse(name, out var repository) ? repository : throw new FormatException(name);

    public DeliverySettings Settings(TimeSpan? timeout = null) =>
        new(At("auth"), At("run"), () => At("kubelet"), timeout ?? TimeSpan.FromSeconds(10), Clocks);

    public HandOverDirectory Open() => HandOverDirectory.OpenOrCreate(Settings(), Notices.Add);

    /// <summary>From now on the kubelet keeps intents.</summary>
    public void KeepIntents() => Directory.CreateDirectory(At("kubelet/image_manager/pulling"), (UnixFileMode)0x1C0);

    /// <summary>An intent as the kubelet writes it (captures: pull-intent.json).</summary>
    /// <returns>Its path.</returns>
    public string AddIntent(string image, string version = "v1beta1")
    {
        KeepIntents();
        var path = At(
            "kubelet/image_manager/pulling/sha256-"
                + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(image)))
        );
        File.WriteAllText(
            path,
            "{\"kind\":\"ImagePullIntent\",\"apiVersion\":\"kubelet.config.k8s.io/"
                + version
                + "\",\"image\":\""
                + image
                + "\"}\n"
        );
        return path;
    }

    /// <summary>Writes the file of the article's image by the program's own writer.</summary>
    public void Write(string content = "old", string owner = "", TimeSpan? age = null, bool isClaimed = false)
    {
        using var open = Open();
        AuthFileWriter.Write(open.Auth, FileName, Encoding.UTF8.GetBytes(content), file =>
            open.Marks.Write(file, FileName, new AuthFileMark(Clocks.Boot() - (age ?? TimeSpan.Zero), isClaimed, owner))
        );
    }

    /// <summary>A turn of a run of this account.</summary>
    public HandOverTurn Await(TurnPurpose purpose, string content = "new", string owner = "me", TurnRules? rules = null)
    {
        using var open = Open();
        return open.HandOver.Await(
            purpose,
            new TurnOwner(FileName, Image, owner),
            Encoding.UTF8.GetBytes(content),
            rules ?? new TurnRules(TimeSpan.FromSeconds(10)),
            TimeSpan.Zero
        );
    }

    public SweepResult Sweep(string ns = "")
    {
        using var open = Open();
        return open.Remover(Notices.Add).Sweep(ns: ns);
    }

    public string At(string name) => Path.Combine(folder, name);

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
