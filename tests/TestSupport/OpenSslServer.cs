// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace CrioCredentialProvider.TestSupport;

/// <summary>
/// OpenSSL's own TLS server, with certificates made by OpenSSL, each with one property that affects trust. It answers a
/// request with a text/html page, which a client that trusts the server receives.
/// </summary>
internal sealed class OpenSslServer : IDisposable
{
    private static readonly Lazy<string> Made = new(Make);

    private readonly Process process;

    /// <param name="leaf">The name in <see cref="Recipe"/> of the certificate that is sent first.</param>
    /// <param name="more">The other certificates that are sent, in order.</param>
    public OpenSslServer(string leaf, params string[] more)
    {
        List<string> arguments =
        [
            "s_server",
            "-accept",
            "127.0.0.1:0",
            "-www",
            "-cipher",
            "ALL:@SECLEVEL=0",
            "-cert",
            At(leaf + ".crt"),
            "-key",
            At(leaf + ".key"),
            "-no_ssl3",
        ];
        if (more.Length > 0)
        {
            var chain = Path.GetTempFileName();
            File.WriteAllText(chain, string.Concat(more.Select(Pem)));
            arguments.AddRange(["-cert_chain", chain]);
            Chain = chain;
        }

        process = Start(arguments);
        try
        {
            var line = "";
            while (!line.StartsWith("ACCEPT 127.0.0.1:", StringComparison.Ordinal))
            {
                line = process.StandardOutput.ReadLine()
                    ?? throw new InvalidOperationException(
                        "openssl s_server has ended: " + process.StandardError.ReadToEnd()
                    );
            }

            process.BeginErrorReadLine();
            Port = int.Parse(line.AsSpan(line.LastIndexOf(':') + 1), System.Globalization.CultureInfo.InvariantCulture);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public int Port { get; }

    private string? Chain { get; }

    /// <summary>The certificate with this name, in PEM.</summary>
    public static string Pem(string name) => File.ReadAllText(At(name + ".crt"));

    public void Dispose()
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
        if (Chain is not null)
        {
            File.Delete(Chain);
        }
    }

    private static string At(string name) => Path.Combine(Made.Value, name);

    private static string Make()
    {
        var folder = Directory.CreateTempSubdirectory("crio-cp-openssl-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        File.WriteAllText(Path.Combine(folder, "openssl.cnf"), Configuration);
        using var shell = Process.Start(
            new ProcessStartInfo("bash", ["-euo", "pipefail", "-c", Recipe])
            {
                WorkingDirectory = folder,
                RedirectStandardError = true,
            }
        )!;
        var errors = shell.StandardError.ReadToEnd();
        shell.WaitForExit();
        return shell.ExitCode == 0
            ? folder
            : throw new InvalidOperationException("openssl: " + errors[Math.Max(0, errors.Length - 500)..]);
    }

    private static Process Start(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("openssl", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["OPENSSL_CONF"] = "/dev/null"; // The distribution's configuration may reject weak keys.
        return Process.Start(start)!;
    }

    /// <summary>Unless a section differs, the name is the API server's, and the key usage is for servers.</summary>
    private const string Configuration = """
        [req]
        distinguished_name = dn
        prompt = no
        [dn]
        CN = x
        [ca]
        basicConstraints = critical,CA:true
        keyUsage = critical,keyCertSign
        subjectKeyIdentifier = hash
        [ca-without-path]
        basicConstraints = critical,CA:true,pathlen:0
        keyUsage = critical,keyCertSign
        [ca-permits]
        basicConstraints = critical,CA:true
        keyUsage = critical,keyCertSign
        nameConstraints = critical,permitted;DNS:example.test
        [ca-excludes]
        basicConstraints = critical,CA:true
        keyUsage = critical,keyCertSign
        nameConstraints = critical,excluded;DNS:default.svc
        [ca-for-clients]
        basicConstraints = critical,CA:true
        extendedKeyUsage = clientAuth
        [ca-for-any]
        basicConstraints = critical,CA:true
        extendedKeyUsage = anyExtendedKeyUsage
        [ca-may-not-sign]
        basicConstraints = critical,CA:true
        keyUsage = critical,digitalSignature
        [ca-undecodable]
        basicConstraints = critical,DER:30:82:ff:01
        [twin]
        basicConstraints = critical,CA:true
        subjectKeyIdentifier = none
        authorityKeyIdentifier = none
        [leaf]
        subjectAltName = DNS:kubernetes.default.svc
        extendedKeyUsage = serverAuth
        [leaf-for-any]
        subjectAltName = DNS:kubernetes.default.svc
        extendedKeyUsage = anyExtendedKeyUsage
        [leaf-for-any-and-clients]
        subjectAltName = DNS:kubernetes.default.svc
        extendedKeyUsage = clientAuth,anyExtendedKeyUsage
        [leaf-without-usage]
        subjectAltName = DNS:kubernetes.default.svc
        [leaf-without-names]
        extendedKeyUsage = serverAuth
        [leaf-for-clients]
        subjectAltName = DNS:kubernetes.default.svc
        extendedKeyUsage = clientAuth
        [leaf-names-undecodable]
        subjectAltName = DER:30:82:ff:01
        [leaf-usage-undecodable]
        subjectAltName = DNS:kubernetes.default.svc
        extendedKeyUsage = DER:30:82:ff:01
        [leaf-critical]
        subjectAltName = DNS:kubernetes.default.svc
        1.2.3.4.5 = critical,DER:05:00
        """;

    /// <summary>The arguments of <c>root</c> and <c>issue</c>: name, issuer, key, signature, section.</summary>
    private const string Recipe = """
        export OPENSSL_CONF=/dev/null
        ec='-newkey ec -pkeyopt ec_paramgen_curve:P-256'
        key() { openssl req -new -config openssl.cnf $2 -nodes -keyout "$1.key" -out "$1.csr" -subj "/CN=$1"; }
        root() { key "$1" "$2"; openssl x509 -req -in "$1.csr" -signkey "$1.key" -days 30 -out "$1.crt" $3 -extfile openssl.cnf -extensions "$4"; }
        issue() { key "$1" "$3"; openssl x509 -req -in "$1.csr" -CA "$2.crt" -CAkey "$2.key" -set_serial "$((++serial))" -days 20 -out "$1.crt" $4 -extfile openssl.cnf -extensions "$5"; }
        serial=1
        root ca "$ec" -sha256 ca
        root rsa-ca '-newkey rsa:2048' -sha256 ca
        root rsa-1024-ca '-newkey rsa:1024' -sha256 ca
        root rsa-2040-ca '-newkey rsa:2040' -sha256 ca
        root sha1-ca '-newkey rsa:2048' -sha1 ca
        root ec-224-ca '-newkey ec -pkeyopt ec_paramgen_curve:secp224r1' -sha256 ca
        openssl dsaparam -out dsa.pem 1024
        root dsa-ca '-newkey dsa:dsa.pem' -sha256 ca
        root path-ca "$ec" -sha256 ca-without-path
        root permitting-ca "$ec" -sha256 ca-permits
        root excluding-ca "$ec" -sha256 ca-excludes

        twin() { openssl req -x509 -config openssl.cnf $ec -nodes -keyout "$1.key" -out "$1.crt" -days "$2" -subj /CN=twin -extensions twin; }
        twin twin-old 30
        twin twin-new 29
        issue under-twin twin-new "$ec" -sha256 leaf
        issue clients-under-twin twin-new "$ec" -sha256 leaf-for-clients

        issue ec ca "$ec" -sha256 leaf
        issue ec-384 ca '-newkey ec -pkeyopt ec_paramgen_curve:P-384' -sha384 leaf
        issue rsa rsa-ca '-newkey rsa:2048' -sha256 leaf
        issue pss rsa-ca '-newkey rsa:2048' '-sha256 -sigopt rsa_padding_mode:pss' leaf
        issue any ca "$ec" -sha256 leaf-for-any
        issue any-and-clients ca "$ec" -sha256 leaf-for-any-and-clients
        issue without-usage ca "$ec" -sha256 leaf-without-usage
        issue without-names ca "$ec" -sha256 leaf-without-names
        issue under-sha1-root sha1-ca '-newkey rsa:2048' -sha256 leaf
        issue any-ca ca "$ec" -sha256 ca-for-any
        issue under-any any-ca "$ec" -sha256 leaf
        issue intermediate ca "$ec" -sha256 ca
        issue under-intermediate intermediate "$ec" -sha256 leaf

        issue md5 rsa-ca '-newkey rsa:2048' -md5 leaf
        issue sha1 rsa-ca '-newkey rsa:2048' -sha1 leaf
        issue ecdsa-sha1 ca "$ec" -sha1 leaf
        issue pss-sha1 rsa-ca '-newkey rsa:2048' '-sha1 -sigopt rsa_padding_mode:pss' leaf
        issue rsa-1024 rsa-ca '-newkey rsa:1024' -sha256 leaf
        issue sha1-rsa-1024 rsa-ca '-newkey rsa:1024' -sha1 leaf
        issue under-rsa-1024 rsa-1024-ca "$ec" -sha256 leaf
        issue under-rsa-2040 rsa-2040-ca "$ec" -sha256 leaf
        issue under-ec-224 ec-224-ca "$ec" -sha256 leaf
        issue under-dsa dsa-ca "$ec" -sha256 leaf
        issue sha1-intermediate rsa-ca "$ec" -sha1 ca
        issue under-sha1 sha1-intermediate "$ec" -sha256 leaf
        issue rsa-1024-intermediate ca '-newkey rsa:1024' -sha256 ca
        issue under-rsa-1024-intermediate rsa-1024-intermediate "$ec" -sha256 leaf

        issue clients ca "$ec" -sha256 leaf-for-clients
        issue clients-ca ca "$ec" -sha256 ca-for-clients
        issue under-clients clients-ca "$ec" -sha256 leaf
        issue not-signing-ca ca "$ec" -sha256 ca-may-not-sign
        issue under-not-signing not-signing-ca "$ec" -sha256 leaf
        issue any-under-not-signing not-signing-ca "$ec" -sha256 leaf-for-any
        issue any-under-ec-224 ec-224-ca "$ec" -sha256 leaf-for-any
        issue any-under-permitting permitting-ca "$ec" -sha256 leaf-for-any
        issue under-permitting permitting-ca "$ec" -sha256 leaf
        issue under-excluding excluding-ca "$ec" -sha256 leaf
        issue too-deep-ca path-ca "$ec" -sha256 ca
        issue too-deep too-deep-ca "$ec" -sha256 leaf
        issue too-deep-any-ca path-ca "$ec" -sha256 ca-for-any
        issue too-deep-for-any too-deep-any-ca "$ec" -sha256 leaf
        issue under-leaf ec "$ec" -sha256 leaf
        issue critical ca "$ec" -sha256 leaf-critical

        issue names-undecodable ca "$ec" -sha256 leaf-names-undecodable
        issue usage-undecodable ca "$ec" -sha256 leaf-usage-undecodable
        issue undecodable-ca ca "$ec" -sha256 ca-undecodable
        issue under-undecodable undecodable-ca "$ec" -sha256 leaf
        issue explicit-curve ca '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit' -sha256 leaf
        """;
}
