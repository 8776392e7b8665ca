// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Secrets;

namespace CrioCredentialProvider;

/// <summary>The API server that the options of a run select.</summary>
internal static class ConfiguredApiServer
{
    /// <param name="settings">The run's options.</param>
    /// <param name="files">Where distributions keep the files that lead to the API server.</param>
    /// <exception cref="Diagnostics.ProviderException">The first source that exists cannot be used.</exception>
    public static ApiServer Locate(Settings settings, ApiServerFiles files) =>
        ApiServerLocator.Locate(
            new ApiServerOptions(
                settings.ApiServer,
                settings.ApiServerEnvFile,
                settings.Kubeconfig,
                settings.CertificateAuthority,
                settings.TlsServerName,
                settings.InsecureSkipTlsVerify,
                settings.Timeout
            ),
            files
        );
}
