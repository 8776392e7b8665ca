// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Secrets;

namespace CrioCredentialProvider.Tools.ClusterApi;

/// <summary>
/// The user of a kubeconfig's current context. Only interactive commands use it; the kubelet's run never does.
/// </summary>
/// <param name="Certificate">A client certificate with its key.</param>
/// <param name="Token">A bearer token.</param>
internal sealed record KubeconfigUser(X509Certificate2? Certificate, Secret? Token)
{
    /// <summary>
    /// Reads the user as client-go does (clientcmd, getUserIdentificationPartialConfig): inline data takes precedence
    /// over a file.
    /// </summary>
    /// <param name="path">The kubeconfig.</param>
    /// <param name="bytes">Its content.</param>
    /// <param name="files">Reads the files that the kubeconfig names.</param>
    /// <exception cref="ProviderException">
    /// The kubeconfig has no user, or the user's credentials come from another program (exec or auth-provider).
    /// </exception>
    public static KubeconfigUser Parse(string path, ReadOnlySpan<byte> bytes, ApiServerFiles files)
    {
        try
        {
            var document = KubeconfigDocument.Parse(bytes);
            var name = document.Context is null ? "" : KubeconfigDocument.Text(document.Context, "user") ?? "";
            var user = document.Named("users", "user", name)
                ?? throw new FormatException(
                    $"user \"{OneLine.Of(name)}\" of its current context is not one of its users"
                );
            return Of(user, path, files);
        }
        catch (FormatException e)
        {
            throw Unusable(path, e.Message);
        }
    }

    /// <summary>A failure to which the caller adds its own hint, for example a kubectl command.</summary>
    public static ProviderException Unusable(string path, string why) =>
        new(Reasons.KubeconfigInvalid, $"kubeconfig \"{OneLine.Of(path)}\" cannot be used: {why}", "");

    private static KubeconfigUser Of(Dictionary<string, object?> user, string path, ApiServerFiles files)
    {
        if (KubeconfigDocument.Text(user, "token") is { } token)
        {
            return new KubeconfigUser(null, new Secret(token));
        }

        // client-go re-reads a token file, so that it uses a rotated token.
        if (KubeconfigDocument.Text(user, "tokenFile") is { } tokenFile)
        {
            return new KubeconfigUser(
                null,
                new Secret(Encoding.UTF8.GetString(ReadBeside(path, tokenFile, files)).Trim())
            );
        }

        var certificate = Pem(user, "client-certificate", path, files);
        var key = Pem(user, "client-key", path, files);
        if (certificate is not null && key is not null)
        {
            return new KubeconfigUser(Load(certificate, key), null);
        }

        var command = KubeconfigDocument.Text(
            KubeconfigDocument.Members(user.GetValueOrDefault("exec"), "its user's exec"),
            "command"
        );
        throw new FormatException(
            command is not null
                ? $"its user's credentials come from the program \"{OneLine.Of(command)}\", which is not started"
            : user.ContainsKey("auth-provider")
                ? "its user's credentials come from an auth-provider, which is not supported"
            : KubeconfigDocument.Text(user, "username") is not null ? "a user with a password is not supported"
            : "its user has neither a token nor a client certificate with its key"
        );
    }

    private static string? Pem(Dictionary<string, object?> user, string name, string path, ApiServerFiles files)
    {
        if (KubeconfigDocument.Text(user, name + "-data") is { } data)
        {
            try
            {
                return Encoding.UTF8.GetString(Convert.FromBase64String(data));
            }
            catch (FormatException)
            {
                throw new FormatException($"its user's {name}-data is not base64");
            }
        }

        return KubeconfigDocument.Text(user, name) is { } file
            ? Encoding.UTF8.GetString(ReadBeside(path, file, files))
            : null;
    }

    private static X509Certificate2 Load(string certificate, string key)
    {
        try
        {
            return X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            // The inner exception's message may quote the key.
            throw new FormatException(
                "its user's client certificate and key cannot be decoded, or do not belong together"
            );
        }
    }

    private static byte[] ReadBeside(string path, string file, ApiServerFiles files)
    {
        var full = Path.Combine(Path.GetDirectoryName(path) ?? "", file);
        return files.Read(full, Reasons.KubeconfigInvalid)
            ?? throw new FormatException($"\"{OneLine.Of(full)}\" does not exist");
    }
}
