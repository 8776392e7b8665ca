// SPDX-License-Identifier: Apache-2.0

namespace CrioCredentialProvider.TestSupport;

/// <summary>
/// A root directory with only the program and the files that it reads: no libraries, no /proc, no /sys, no name
/// service. /dev contains only /dev/urandom, which the framework reads. If <c>TEST_ROOT</c> is set, the root is an
/// overlay on another distribution's root (<c>make portability</c>).
/// </summary>
internal sealed class EmptyRoot
{
    private const string Script = """
        set -eu
        PATH=$PATH:/usr/sbin:/sbin
        root=$1 below=$2
        shift 2
        if [ -n "$below" ]; then
            mkdir -p "$root.work" "$root.merged"
            mount -t overlay overlay -o "lowerdir=$below,upperdir=$root,workdir=$root.work" "$root.merged"
            root=$root.merged
        fi
        mkdir -p "$root/dev"
        [ -e "$root/dev/urandom" ] || touch "$root/dev/urandom"
        mount --bind /dev/urandom "$root/dev/urandom"
        exec env -i "$(command -v chroot)" "$root" /crio-credential-provider "$@"
        """;

    private readonly Cluster cluster;
    private readonly string root;

    public EmptyRoot(Cluster cluster)
    {
        this.cluster = cluster;
        root = cluster.At("root");
        Directory.CreateDirectory(Path.Combine(root, "etc"));
        File.Copy(PublishedBinary.FilePath, Path.Combine(root, "crio-credential-provider"));
        File.Copy(cluster.At("ca.crt"), Path.Combine(root, "ca.crt"));
        File.Copy(cluster.At("registries.conf"), Path.Combine(root, "registries.conf"));
    }

    public string AuthFile => Path.Combine(root, "auth", Cluster.ArticleFileName);

    /// <summary>Writes a file, and creates its directory.</summary>
    public void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(root, name))!);
        File.WriteAllText(Path.Combine(root, name), text);
    }

    /// <param name="apiServer">Host and port, as seen from inside the root.</param>
    /// <param name="more">Further flags.</param>
    public RunResult RunArticle(string apiServer, params string[] more) =>
        RunTrusting(apiServer, ["--certificate-authority=/ca.crt", .. more]);

    /// <summary>Runs without a CA option, so that only the CAs in the root are trusted.</summary>
    public RunResult RunTrusting(string apiServer, params string[] more) =>
        PublishedBinary.RunIn(
            "/usr/bin/unshare",
            Requests.For("docker.io/library/nginx", cluster.Token),
            [("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")],
            [
                "-rm",
                "/bin/bash",
                "-c",
                Script,
                "root",
                root,
                Environment.GetEnvironmentVariable("TEST_ROOT") ?? "",
                "--registries-conf=/registries.conf",
                "--registries-conf-dir=/none",
                "--auth-dir=/auth",
                "--kubelet-auth-file=/none",
                "--journal-socket=/none",
                "--run-dir=/run-dir",
                "--kubelet-root-dir=/none",
                $"--api-server={apiServer}",
                .. more,
            ]
        );
}
