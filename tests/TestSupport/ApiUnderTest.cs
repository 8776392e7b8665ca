// SPDX-License-Identifier: Apache-2.0
using KubernetesApiStandIn;

namespace CrioCredentialProvider.TestSupport;

/// <summary>
/// The API server of the conformance tests: a real one if <c>KUBEBUILDER_ASSETS</c> names a folder with <c>etcd</c> and
/// <c>kube-apiserver</c>, as for tests of controllers; otherwise the stand-in. Running the same tests against both
/// ensures that the stand-in is not more permissive.
/// </summary>
internal abstract class ApiUnderTest : IDisposable
{
    /// <summary>The audience of the API server itself.</summary>
    public const string Audience = "https://kubernetes.default.svc";

    public abstract int Port { get; }

    /// <summary>
    /// The CA that signed its certificate, which is valid for <c>kubernetes.default.svc</c> and not for 127.0.0.1.
    /// </summary>
    public abstract string CertificateAuthorityPem { get; }

    public static ApiUnderTest Start() =>
        Environment.GetEnvironmentVariable("KUBEBUILDER_ASSETS") is { Length: > 0 } assets
            ? new KubeApiServer(assets)
            : new StandIn();

    /// <summary>Creates a namespace with service accounts.</summary>
    public abstract void AddNamespace(string ns, params string[] serviceAccounts);

    /// <summary>Issues a token like the kubelet's for a pod of this service account.</summary>
    public abstract string Issue(string ns, string serviceAccount, string audience = Audience);

    /// <param name="json">A Secret with metadata, type and data.</param>
    public abstract void Add(string json);

    /// <summary>Grants <c>get</c> and <c>list</c> on the namespace's secrets.</summary>
    public abstract void AllowList(string ns, string serviceAccount);

    /// <summary>Grants <c>get</c> on only these secrets.</summary>
    public abstract void AllowGet(string ns, string serviceAccount, params string[] secrets);

    /// <summary>Sets the <c>imagePullSecrets</c> of a service account, and grants it <c>get</c> on itself.</summary>
    public abstract void SetImagePullSecrets(string ns, string serviceAccount, params string[] secrets);

    public abstract void Dispose();

    private sealed class StandIn : ApiUnderTest
    {
        private readonly Authority authority = new();
        private readonly ApiServer server;

        public StandIn() => server = new ApiServer(authority.Issue(["kubernetes.default.svc"]));

        public override int Port => server.Port;

        public override string CertificateAuthorityPem => authority.Pem;

        public override void AddNamespace(string ns, params string[] serviceAccounts)
        {
            // The stand-in has no namespace objects.
        }

        public override string Issue(string ns, string serviceAccount, string audience = Audience) =>
            server.Issue(ns, serviceAccount, audience);

        public override void Add(string json) => server.Add(json);

        public override void AllowList(string ns, string serviceAccount) => server.Allow(ns, serviceAccount, ns);

        public override void AllowGet(string ns, string serviceAccount, params string[] secrets)
        {
            foreach (var secret in secrets)
            {
                server.AllowGet(ns, serviceAccount, ns, secret);
            }
        }

        public override void SetImagePullSecrets(string ns, string serviceAccount, params string[] secrets)
        {
            server.AddServiceAccount(ns, serviceAccount, secrets);
            server.AllowGetSelf(ns, serviceAccount);
        }

        public override void Dispose()
        {
            SuiteSecrets.Planted(server);
            server.Dispose();
        }
    }
}
