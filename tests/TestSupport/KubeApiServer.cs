// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using KubernetesApiStandIn;

namespace CrioCredentialProvider.TestSupport;

/// <summary>
/// A real kube-apiserver with its etcd, on loopback, with RBAC and a service account issuer, configured through its
/// API. Its data is in a temporary folder; both processes end with the test.
/// </summary>
internal sealed class KubeApiServer : ApiUnderTest
{
    private const string AdminToken = "admin-token-of-the-conformance-tests";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-apiserver-").FullName;
    private readonly Authority authority = new();
    private readonly List<Process> processes = [];
    private readonly HttpClient admin;
    private string lastProblem = "no answer yet";

    /// <param name="assets">The folder with <c>etcd</c> and <c>kube-apiserver</c>.</param>
    /// <exception cref="InvalidOperationException">
    /// The server did not start. The message contains the end of its log.
    /// </exception>
    public KubeApiServer(string assets)
    {
        try
        {
            Port = FreePort();
            admin = AdminClient();
            WriteKeys();
            var etcd = $"http://127.0.0.1:{FreePort()}";
            Start(
                assets,
                "etcd",
                $"--data-dir={At("etcd")}",
                $"--listen-client-urls={etcd}",
                $"--advertise-client-urls={etcd}",
                "--listen-peer-urls=http://127.0.0.1:0"
            );
            Start(
                assets,
                "kube-apiserver",
                $"--etcd-servers={etcd}",
                "--bind-address=127.0.0.1",
                $"--secure-port={Port}",
                "--advertise-address=127.0.0.1",
                "--endpoint-reconciler-type=none",
                "--service-cluster-ip-range=10.0.0.0/24",
                $"--cert-dir={folder}",
                $"--tls-cert-file={At("serving.crt")}",
                $"--tls-private-key-file={At("serving.key")}",
                $"--token-auth-file={At("tokens.csv")}",
                "--authorization-mode=RBAC",
                $"--service-account-issuer={Audience}",
                $"--service-account-key-file={At("sa.pub")}",
                $"--service-account-signing-key-file={At("sa.key")}",
                // A controller that does not run here would create the default service account.
                "--disable-admission-plugins=ServiceAccount"
            );
            WaitUntilReady();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public override int Port { get; }

    public override string CertificateAuthorityPem => authority.Pem;

    public override void AddNamespace(string ns, params string[] serviceAccounts)
    {
        Post("/api/v1/namespaces", Named(ns));
        foreach (var name in serviceAccounts)
        {
            Post($"/api/v1/namespaces/{ns}/serviceaccounts", Named(name));
        }
    }

    public override string Issue(string ns, string serviceAccount, string audience = Audience)
    {
        var answer = Post(
            $"/api/v1/namespaces/{ns}/serviceaccounts/{serviceAccount}/token",
            new JsonObject
            {
                ["apiVersion"] = "authentication.k8s.io/v1",
                ["kind"] = "TokenRequest",
                ["spec"] = new JsonObject { ["audiences"] = new JsonArray(audience) },
            }
        );
        var token = (string)answer["status"]!["token"]!;
        SuiteSecrets.Planted(token);
        return token;
    }

    public override void Add(string json)
    {
        var secret = JsonNode.Parse(json)!.AsObject();
        Post($"/api/v1/namespaces/{(string)secret["metadata"]!["namespace"]!}/secrets", secret);
        SuiteSecrets.PlantedDocument(json);
    }

    public override void AllowList(string ns, string serviceAccount) =>
        Allow(ns, serviceAccount, "secrets", ["get", "list"], []);

    public override void AllowGet(string ns, string serviceAccount, params string[] secrets) =>
        Allow(ns, serviceAccount, "secrets", ["get"], secrets);

    public override void SetImagePullSecrets(string ns, string serviceAccount, params string[] secrets)
    {
        var path = new Uri($"/api/v1/namespaces/{ns}/serviceaccounts/{serviceAccount}", UriKind.Relative);
        var patch = new JsonObject
        {
            ["imagePullSecrets"] = new JsonArray([
                .. secrets.Select(secret => (JsonNode)Named(secret)["metadata"]!.DeepClone()),
            ]),
        };
        using var content = new StringContent(patch.ToJsonString(), Encoding.UTF8, "application/merge-patch+json");
        using var response = admin.PatchAsync(path, content).Result;
        response.EnsureSuccessStatusCode();
        Allow(ns, serviceAccount, "serviceaccounts", ["get"], [serviceAccount]);
    }

    public override void Dispose()
    {
        foreach (var process in Enumerable.Reverse(processes))
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }

        admin?.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private void Allow(string ns, string serviceAccount, string resource, string[] verbs, string[] names)
    {
        var rule = new JsonObject
        {
            ["apiGroups"] = new JsonArray(""),
            ["resources"] = new JsonArray(resource),
            ["verbs"] = new JsonArray([.. verbs.Select(verb => (JsonNode)verb)]),
            ["resourceNames"] = new JsonArray([.. names.Select(name => (JsonNode)name)]),
        };
        var role = Named("pull-" + resource);
        role["rules"] = new JsonArray(rule);
        Post($"/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/roles", role);
        var binding = Named("pull-" + resource);
        binding["roleRef"] = new JsonObject
        {
            ["apiGroup"] = "rbac.authorization.k8s.io",
            ["kind"] = "Role",
            ["name"] = "pull-" + resource,
        };
        binding["subjects"] = new JsonArray(
            new JsonObject
            {
                ["kind"] = "ServiceAccount",
                ["namespace"] = ns,
                ["name"] = serviceAccount,
            }
        );
        Post($"/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/rolebindings", binding);

        // The authorizer reads Roles from a cache, which is updated with a short delay.
        var attributes = new JsonObject
        {
            ["namespace"] = ns,
            ["verb"] = verbs[^1],
            ["resource"] = resource,
            ["name"] = names.FirstOrDefault(""),
        };
        var review = new JsonObject
        {
            ["apiVersion"] = "authorization.k8s.io/v1",
            ["kind"] = "SubjectAccessReview",
            ["spec"] = new JsonObject
            {
                ["user"] = $"system:serviceaccount:{ns}:{serviceAccount}",
                ["resourceAttributes"] = attributes,
            },
        };
        WaitFor(
            () => (bool)Post("/apis/authorization.k8s.io/v1/subjectaccessreviews", review)["status"]!["allowed"]!,
            $"the Role of {ns}/{serviceAccount} has no effect"
        );
    }

    private JsonNode Post(string path, JsonObject body)
    {
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = admin.PostAsync(new Uri(path, UriKind.Relative), content).Result;
        var answer = response.Content.ReadAsStringAsync().Result;
        return response.IsSuccessStatusCode
            ? JsonNode.Parse(answer)!
            : throw new InvalidOperationException(
                $"POST {path} was answered with {(int)response.StatusCode}: {answer}"
            );
    }

    private void WaitUntilReady() =>
        WaitFor(
            () =>
            {
                foreach (var process in processes.Where(process => process.HasExited))
                {
                    throw new InvalidOperationException(
                        $"{process.StartInfo.ArgumentList[4]} ended with {process.ExitCode}: "
                            + $"{File.ReadAllText(process.StartInfo.ArgumentList[3])}"
                    );
                }

                try
                {
                    using var response = admin.GetAsync(new Uri("/readyz", UriKind.Relative)).Result;
                    return response.StatusCode == HttpStatusCode.OK;
                }
                catch (AggregateException e) when (e.InnerException is HttpRequestException)
                {
                    lastProblem = e.InnerException.GetBaseException().Message;
                    return false;
                }
            },
            "kube-apiserver does not get ready"
        );

    private void WaitFor(Func<bool> isSo, string otherwise)
    {
        var start = Stopwatch.GetTimestamp();
        while (!isSo())
        {
            if (Stopwatch.GetElapsedTime(start) > StartTimeout)
            {
                throw new InvalidOperationException(
                    $"{otherwise} ({lastProblem}); its log ends "
                        + $"with:\n{string.Join('\n', File.ReadLines(At("kube-apiserver.log")).TakeLast(20))}"
                );
            }

            Thread.Sleep(100);
        }
    }

    /// <summary>
    /// The shell redirects the output to a file, because a full pipe that is not read would block the server.
    /// </summary>
    private void Start(string assets, string program, params string[] arguments)
    {
        var path = Path.Combine(assets, program);
        if (!File.Exists(path))
        {
            throw new InvalidOperationException($"KUBEBUILDER_ASSETS is \"{assets}\", but there is no \"{path}\"");
        }

        processes.Add(
            Process.Start(
                new ProcessStartInfo(
                    "/bin/sh",
                    ["-c", "log=$1; shift; exec \"$@\" >\"$log\" 2>&1", "sh", At(program + ".log"), path, .. arguments]
                )
            )!
        );
    }

    private HttpClient AdminClient()
    {
        var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.ImportFromPem(authority.Pem);
        var client = new HttpClient(handler) { BaseAddress = new Uri($"https://127.0.0.1:{Port}") };

        // The name against which the certificate is verified.
        client.DefaultRequestHeaders.Host = "kubernetes.default.svc";
        client.DefaultRequestHeaders.Authorization = new("Bearer", AdminToken);
        return client;
    }

    private void WriteKeys()
    {
        using var serving = authority.Issue(["kubernetes.default.svc"]);
        using var servingKey = serving.GetECDsaPrivateKey()!;
        using var tokens = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(At("serving.crt"), serving.ExportCertificatePem());
        File.WriteAllText(At("serving.key"), ExportablePem(servingKey));
        File.WriteAllText(At("sa.key"), tokens.ExportECPrivateKeyPem());
        File.WriteAllText(At("sa.pub"), tokens.ExportSubjectPublicKeyInfoPem());
        File.WriteAllText(At("tokens.csv"), $"{AdminToken},admin,admin,\"system:masters\"\n");
    }

    /// <summary>A private key from a PKCS#12 file can only be exported in encrypted form.</summary>
    private static string ExportablePem(ECDsa key)
    {
        using var copy = ECDsa.Create();
        copy.ImportEncryptedPkcs8PrivateKey(
            "x",
            key.ExportEncryptedPkcs8PrivateKey(
                "x",
                new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1)
            ),
            out _
        );
        return copy.ExportECPrivateKeyPem();
    }

    private static JsonObject Named(string name) => new() { ["metadata"] = new JsonObject { ["name"] = name } };

    private string At(string name) => Path.Combine(folder, name);

    /// <summary>
    /// A port that was free a moment ago, because neither program can choose a free port and report it.
    /// </summary>
    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
