// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Secrets;

/// <summary>
/// Finds the API server. Its address comes from the option, the env file or the kubeconfig, else it is the fallback.
/// </summary>
internal static class ApiServerLocator
{
    /// <exception cref="ProviderException">The first source that exists cannot be used.</exception>
    public static ApiServer Locate(ApiServerOptions options, ApiServerFiles files)
    {
        List<Notice> notices = [];
        var kubeconfigs = new KubeconfigLocator(options, files);
        var (address, origin, originText) = FromOption(options)
            ?? FromEnvFile(options, files, notices)
            ?? FromKubeconfig(kubeconfigs)
            ?? Fallback(files, kubeconfigs);
        var trust = ClusterTrustLocator.Find(options, files, kubeconfigs);
        if (options.InsecureSkipTlsVerify)
        {
            notices.Add(
                new Notice(
                    Reasons.CertificateNotVerified,
                    $"The certificate of {address.Authority} is not verified: any server that responds there gets the "
                        + "pod's token"
                )
            );
        }

        var serverName = options.TlsServerName
            ?? (origin == ApiServerOrigin.Kubeconfig ? kubeconfigs.Find()?.Content.TlsServerName : null);
        if (serverName is not null && !RepositoryGrammar.IsHost(serverName) && !IPAddress.TryParse(serverName, out _))
        {
            throw new ProviderException(
                Reasons.ApiServerAddressInvalid,
                $"TLS server name \"{OneLine.Of(serverName)}\" is not a host name",
                "correct --tls-server-name, or tls-server-name in the kubeconfig"
            );
        }

        return new ApiServer(
            address,
            origin,
            originText,
            trust,
            serverName,
            options.InsecureSkipTlsVerify,
            options.Timeout,
            notices
        );
    }

    private static (Uri Address, ApiServerOrigin Origin, string Text)? FromOption(ApiServerOptions options) =>
        options.ApiServer is { } given
            ? (ApiServerAddress.Parse(given, "--api-server"), ApiServerOrigin.Option, "option --api-server")
            : null;

    private static (Uri Address, ApiServerOrigin Origin, string Text)? FromEnvFile(
        ApiServerOptions options,
        ApiServerFiles files,
        List<Notice> notices
    )
    {
        if (files.Read(options.EnvFile, Reasons.ApiServerAddressInvalid) is not { } bytes)
        {
            return null;
        }

        var envFile = $"env file \"{options.EnvFile}\"";
        var values = EnvFile.Parse(Encoding.UTF8.GetString(bytes));
        if (
            values.GetValueOrDefault("KUBERNETES_SERVICE_HOST") is { Length: > 0 } host
            && values.GetValueOrDefault("KUBERNETES_SERVICE_PORT") is { Length: > 0 } port
        )
        {
            var address = ApiServerAddress.Parse(ApiServerAddress.Join(host, port), envFile);
            return (address, ApiServerOrigin.EnvFile, envFile);
        }

        notices.Add(
            new Notice(
                Reasons.ApiServerAddressInvalid,
                $"Ignoring {envFile}: it does not set both KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT"
            )
        );
        return null;
    }

    private static (Uri Address, ApiServerOrigin Origin, string Text)? FromKubeconfig(KubeconfigLocator kubeconfigs) =>
        kubeconfigs.Find() is { } found
            ? (
                ApiServerAddress.ParseUrl(
                    found.Content.Server
                        ?? throw Kubeconfig.Invalid(
                            found.Path,
                            $"its cluster \"{OneLine.Of(found.Content.Cluster)}\" has no server"
                        ),
                    found.Text
                ),
                ApiServerOrigin.Kubeconfig,
                found.Text
            )
            : null;

    private static (Uri Address, ApiServerOrigin Origin, string Text) Fallback(
        ApiServerFiles files,
        KubeconfigLocator kubeconfigs
    ) =>
        (
            ApiServerAddress.Parse(files.Fallback, "the fallback"),
            ApiServerOrigin.Fallback,
            kubeconfigs.Missing.Count == 0
                ? "the fallback"
                : $"the fallback, because none of these kubeconfigs exists: {string.Join(", ", kubeconfigs.Missing)}"
        );
}
