using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Files;
using CrioCredentialProvider.Linux;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Secrets;

/// <summary>
/// Finds the API server's address and CA. Address: option, env file, kubeconfig, fallback. CA: option, kubeconfig, the
/// cluster's CA file, the system store.
/// </summary>
internal static class ApiServerLocator
{
    private const int MaximumBytes = 1024 * 1024;

    /// <exception cref="ProviderException">Something that decides cannot be read or makes no sense.</exception>
    public static ApiServer Locate(ApiServerOptions options, ApiServerFiles files)
    {
        List<Notice> notices = [];
        var needsKubeconfig = options.ApiServer is null || options.CertificateAuthority is null;
        var arguments = needsKubeconfig ? files.ParentArguments ?? ReadParentArguments() : [];
        var (kubeconfig, kubeconfigPath) = needsKubeconfig ? ReadKubeconfig(options, files, arguments) : (null, "");

        var (address, origin, originText) = Address(options, files, kubeconfig, kubeconfigPath, notices);
        var trust = Trust(options, files, kubeconfig, kubeconfigPath, arguments);
        if (options.InsecureSkipTlsVerify)
        {
            notices.Add(new Notice(
                Reasons.CertificateNotVerified,
                $"The certificate of {address.Authority} is not verified: whoever answers there gets the pod's token"));
        }

        var serverName = options.TlsServerName ?? (origin == ApiServerOrigin.Kubeconfig ? kubeconfig?.TlsServerName : null);
        if (serverName is not null && !RepositoryGrammar.IsHost(serverName) && !IPAddress.TryParse(serverName, out _))
        {
            throw new ProviderException(
                Reasons.ApiServerAddressInvalid,
                $"TLS server name \"{OneLine.Of(serverName)}\" is no host name",
                "correct --tls-server-name, or tls-server-name in the kubeconfig");
        }

        return new ApiServer(
            address, origin, originText, trust, serverName, options.InsecureSkipTlsVerify, options.Timeout, notices);
    }

    private static (Uri Address, ApiServerOrigin Origin, string Text) Address(
        ApiServerOptions options, ApiServerFiles files, Kubeconfig? kubeconfig, string kubeconfigPath, List<Notice> notices)
    {
        if (options.ApiServer is { } given)
        {
            return (ApiServerAddress.Parse(given, "--api-server"), ApiServerOrigin.Option, "option --api-server");
        }

        var envFile = $"env file \"{options.EnvFile}\"";
        if (ReadText(options.EnvFile, Reasons.ApiServerAddressInvalid, files) is { } text)
        {
            var values = EnvFile.Parse(text);
            if (values.GetValueOrDefault("KUBERNETES_SERVICE_HOST") is { Length: > 0 } host
                && values.GetValueOrDefault("KUBERNETES_SERVICE_PORT") is { Length: > 0 } port)
            {
                return (ApiServerAddress.Parse(ApiServerAddress.Join(host, port), envFile), ApiServerOrigin.EnvFile, envFile);
            }

            notices.Add(new Notice(
                Reasons.ApiServerAddressInvalid,
                $"Passing over {envFile}: it does not set both KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT"));
        }

        if (kubeconfig?.Server is { } server)
        {
            var from = $"kubeconfig \"{kubeconfigPath}\"";
            return (ApiServerAddress.Parse(server, from), ApiServerOrigin.Kubeconfig, from);
        }

        return (ApiServerAddress.Parse(files.Fallback, "the fallback"), ApiServerOrigin.Fallback, "the fallback");
    }

    private static ClusterTrust Trust(
        ApiServerOptions options,
        ApiServerFiles files,
        Kubeconfig? kubeconfig,
        string kubeconfigPath,
        IReadOnlyList<string> parentArguments)
    {
        if (options.CertificateAuthority is { } given)
        {
            return new ClusterTrust($"\"{given}\"", ReadCertificates(given, files) ?? throw NoCertificates(given, "there is no such file"));
        }

        if (kubeconfig is not null && Anchors(kubeconfig, kubeconfigPath, files) is { } anchors)
        {
            var source = $"kubeconfig \"{kubeconfigPath}\"";

            // OpenShift keeps only the bootstrap kubeconfig current when the CA rotates (MCO certificate_writer.go).
            if (options.Kubeconfig is null
                && Argument(parentArguments, "--bootstrap-kubeconfig") is { } bootstrap && bootstrap != kubeconfigPath
                && ReadText(bootstrap, Reasons.KubeconfigInvalid, files) is { } text
                && Anchors(Kubeconfig.Parse(bootstrap, text), bootstrap, files) is { } more)
            {
                anchors.AddRange(more);
                source += $" and \"{bootstrap}\"";
            }

            return new ClusterTrust(source, anchors);
        }

        return ReadCertificates(files.ClusterCa, files) is { } cluster
            ? new ClusterTrust($"\"{files.ClusterCa}\"", cluster)
            : new ClusterTrust("the system store", null, options.InsecureSkipTlsVerify ? [] : ReadSystemStore(files));
    }

    private static (Kubeconfig? Kubeconfig, string Path) ReadKubeconfig(
        ApiServerOptions options, ApiServerFiles files, IReadOnlyList<string> parentArguments)
    {
        if (options.Kubeconfig is { } given)
        {
            var text = ReadText(given, Reasons.KubeconfigInvalid, files) ?? throw Kubeconfig.Invalid(given, "there is no such file");
            return (Kubeconfig.Parse(given, text), given);
        }

        IEnumerable<string> candidates = Argument(parentArguments, "--kubeconfig") is { } kubelets
            ? files.Kubeconfigs.Prepend(kubelets)
            : files.Kubeconfigs;
        foreach (var path in candidates)
        {
            if (ReadText(path, Reasons.KubeconfigInvalid, files) is { } text)
            {
                return (Kubeconfig.Parse(path, text), path);
            }
        }

        return (null, "");
    }

    /// <summary>A flag of the kubelet's command line, in either of its two forms; the last one counts.</summary>
    public static string? Argument(IReadOnlyList<string> arguments, string flag)
    {
        string? value = null;
        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i].StartsWith(flag + "=", StringComparison.Ordinal))
            {
                value = arguments[i][(flag.Length + 1)..];
            }
            else if (arguments[i] == flag && i + 1 < arguments.Count)
            {
                value = arguments[i + 1];
            }
        }

        return string.IsNullOrEmpty(value) ? null : value;
    }

    /// <summary>The arguments of the process that started us; empty when they cannot be read.</summary>
    private static string[] ReadParentArguments()
    {
        try
        {
            var parent = Libc.Getppid();
            var bytes = SmallFileReader.ThisNode.Read($"/proc/{parent}/cmdline", MaximumBytes) ?? [];
            var arguments = Encoding.UTF8.GetString(bytes).Split('\0');

            // Of a parent that has died meanwhile, the number may be anybody's: whoever names a kubeconfig is trusted.
            return Libc.Getppid() == parent ? arguments : [];
        }
        catch (UnreadableFileException)
        {
            // Without /proc the well-known files are left.
            return [];
        }
    }

    private static X509Certificate2Collection? Anchors(Kubeconfig kubeconfig, string path, ApiServerFiles files)
    {
        if (kubeconfig.AuthorityData is { } data)
        {
            try
            {
                return Certificates(Encoding.ASCII.GetString(Convert.FromBase64String(data)), path);
            }
            catch (FormatException)
            {
                throw Kubeconfig.Invalid(path, "its certificate-authority-data is not base64");
            }
        }

        if (kubeconfig.AuthorityFile is { } file)
        {
            var full = Path.Combine(Path.GetDirectoryName(path) ?? "", file);
            return ReadCertificates(full, files) ?? throw NoCertificates(full, "there is no such file");
        }

        return null;
    }

    private static X509Certificate2Collection ReadSystemStore(ApiServerFiles files)
    {
        try
        {
            return SystemStoreReader.Read(files);
        }
        catch (UnreadableFileException e)
        {
            throw new ProviderException(
                Reasons.CertificateAuthorityInvalid,
                $"the system store cannot be read: {e.Message}",
                "name the cluster's CA with --certificate-authority");
        }
    }

    private static X509Certificate2Collection? ReadCertificates(string path, ApiServerFiles files) =>
        ReadText(path, Reasons.CertificateAuthorityInvalid, files) is { } text ? Certificates(text, path) : null;

    private static X509Certificate2Collection Certificates(string pem, string path)
    {
        X509Certificate2Collection certificates = [];
        try
        {
            certificates.ImportFromPem(pem);
        }
        catch (CryptographicException)
        {
            throw NoCertificates(path, "a certificate in it cannot be read");
        }

        return certificates.Count > 0 ? certificates : throw NoCertificates(path, "it holds no PEM certificate");
    }

    private static ProviderException NoCertificates(string path, string why) => new(
        Reasons.CertificateAuthorityInvalid,
        $"CA file \"{path}\" cannot be used: {why}",
        "name the cluster's CA with --certificate-authority");

    /// <summary>The file's text, or null when there is no such file.</summary>
    private static string? ReadText(string path, Reason reason, ApiServerFiles files)
    {
        try
        {
            return files.Reader.Read(path, MaximumBytes) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;
        }
        catch (UnreadableFileException e)
        {
            throw new ProviderException(reason, $"\"{path}\" cannot be read: {e.Message}", e.Hint);
        }
    }
}
