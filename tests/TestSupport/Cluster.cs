// SPDX-License-Identifier: Apache-2.0
using JournalRecorder;
using KubernetesApiStandIn;

namespace CrioCredentialProvider.TestSupport;

/// <summary>
/// The article's setup in a temporary folder: an API with its secret and Role, registries.conf, a journal, and the
/// options that direct the program to them.
/// </summary>
internal sealed class Cluster : IDisposable
{
    public const string ArticleSecret =
        """{"kind":"Secret","apiVersion":"v1","metadata":{"name":"my-secret","namespace":"default"},"data":{".dockerconfigjson":"eyJhdXRocyI6eyJodHRwOi8vbG9jYWxob3N0OjUwMDAiOnsidXNlcm5hbWUiOiJteXVzZXIiLCJwYXNzd29yZCI6Im15cGFzc3dvcmQiLCJhdXRoIjoiYlhsMWMyVnlPbTE1Y0dGemMzZHZjbVE9In19fQo="},"type":"kubernetes.io/dockerconfigjson"}""";

    public const string ArticleRegistriesConf = """
        unqualified-search-registries = ["docker.io"]
        [[registry]]
        location = "docker.io"
        [[registry.mirror]]
        location = "localhost:5000"
        insecure = true
        """;

    public const string ArticleFileName =
        "default-7e59ad64326bc321517fb6fc6586de5ee149178394d9edfa2a877176cdf6fad5.json";

    public Cluster(Authority? authority = null, bool isExpired = false, params string[] names)
    {
        Directory.CreateDirectory(Folder);
        Authority = authority ?? new Authority();
        Api = new ApiServer(
            Authority.Issue(names.Length > 0 ? names : ["kubernetes", "kubernetes.default.svc"], isExpired)
        );
        Api.Allow("default", "default", "default");
        Api.Add(ArticleSecret);
        Token = Api.Issue("default");
        Journal = new Recorder(At("journal"), SuiteSecrets.Record);
        File.WriteAllText(At("ca.crt"), Authority.Pem);
        File.WriteAllText(At("registries.conf"), ArticleRegistriesConf);
        Directory.CreateDirectory(At("registries.conf.d"));
    }

    public string Folder { get; } = Path.Combine(Path.GetTempPath(), "crio-cp-" + Guid.NewGuid().ToString("N"));

    public Authority Authority { get; }

    public ApiServer Api { get; }

    public Recorder Journal { get; }

    public string Token { get; }

    public string AuthFile => At($"auth/{ArticleFileName}");

    /// <summary>The names of everything in CRI-O's directory.</summary>
    public string[] LeftInAuthDirectory =>
        Directory.Exists(At("auth"))
            ? [.. Directory.GetFileSystemEntries(At("auth")).Select(path => Path.GetFileName(path)!)]
            : [];

    /// <summary>
    /// Makes a file look as if it had been written that long ago: recreates it without the attribute that records its
    /// real age, and with a modification time in the past.
    /// </summary>
    public static void MakeOld(string path, TimeSpan age)
    {
        File.WriteAllBytes(path + ".new", File.ReadAllBytes(path));
        File.SetUnixFileMode(path + ".new", File.GetUnixFileMode(path));
        File.SetLastWriteTimeUtc(path + ".new", DateTime.UtcNow - age);
        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>The article's secret with another password.</summary>
    public static string SecretWithPassword(string password)
    {
        var config = Convert.ToBase64String(
            System.Text.Encoding.UTF8.GetBytes(
                "{\"auths\":{\"localhost:5000\":{\"username\":\"myuser\",\"password\":\"" + password + "\"}}}"
            )
        );
        return "{\"metadata\":{\"name\":\"my-secret\",\"namespace\":\"default\"},\"data\":{\".dockerconfigjson\":\""
            + config
            + "\"},\"type\":\"kubernetes.io/dockerconfigjson\"}";
    }

    /// <summary>The password for the article's mirror in an auth file.</summary>
    public static string PasswordIn(string authFile)
    {
        var auth = (string)System.Text.Json.Nodes.JsonNode.Parse(authFile)!["auths"]!["localhost:5000"]!["auth"]!;
        return System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(auth)).Split(':')[1];
    }

    public string At(string name) => Path.Combine(Folder, name);

    /// <param name="more">Flags that override the cluster's own.</param>
    public RunResult Run(ReadOnlySpan<byte> request, params string[] more) =>
        PublishedBinary.Run(request, [.. Flags, .. more]);

    /// <summary>The flags that direct the program to this setup.</summary>
    public string[] Flags =>
        [
            $"--registries-conf={At("registries.conf")}",
            $"--registries-conf-dir={At("registries.conf.d")}",
            $"--auth-dir={At("auth")}",
            $"--kubelet-auth-file={At("config.json")}",
            $"--api-server=127.0.0.1:{Api.Port}",
            $"--api-server-env-file={At("apiserver-url.env")}",
            $"--certificate-authority={At("ca.crt")}",
            $"--journal-socket={At("journal")}",
            $"--run-dir={At("run")}",
            $"--kubelet-root-dir={At("kubelet")}",
        ];

    /// <summary>A run for the article's image with the given token.</summary>
    public RunResult RunArticle(params string[] more) => Run(Requests.For("docker.io/library/nginx", Token), more);

    public void Dispose()
    {
        SuiteSecrets.Planted(Api);
        Api.Dispose();
        Journal.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
