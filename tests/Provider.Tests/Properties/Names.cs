// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Mirrors;
using CsCheck;

namespace CrioCredentialProvider.Tests.Properties;

/// <summary>
/// Registries, repositories, keys and sources that nearly are each other: one longer by a character, another port, a
/// path that only begins alike, Docker Hub by another name, parts of an API path in the wrong place.
/// </summary>
internal static class Names
{
    public static readonly Gen<string> Host = Gen.OneOf(
        "m.io",
        "m.iox",
        "xm.io",
        "a.m.io",
        "b.a.m.io",
        "am.io",
        "m-1.io",
        "m.io:443",
        "m.io:44",
        "a.m.io:443",
        "localhost",
        "localhost:5000",
        "localhost:50",
        "localhost:50000",
        "docker.io",
        "index.docker.io",
        "registry-1.docker.io",
        "docker.iox",
        "10.0.0.1",
        "[fd00::1]",
        "[fd00::1]:5000",
        "[fd00::1]:443"
    );

    public static readonly Gen<string> Component = Gen.OneOf(
        "a",
        "ab",
        "abc",
        "a-b",
        "library",
        "team",
        "teamx",
        "v1",
        "v2",
        "v2x"
    );

    public static readonly Gen<string[]> Path = Component.Array[0, 3];

    /// <summary>A canonical repository name.</summary>
    public static readonly Gen<string> Repository =
        from host in Host
        from path in Component.Array[1, 4]
        select host is "docker.io" or "index.docker.io"
            ? $"docker.io/{(path.Length == 1 ? "library/" : "")}{string.Join('/', path)}"
            : $"{host}/{string.Join('/', path)}";

    /// <summary>A host, or a place below one.</summary>
    public static readonly Gen<string> Location =
        from host in Host
        from path in Component.Array[0, 2]
        select string.Join('/', [host, .. path]);

    public static readonly Gen<PullSource> Source =
        from repository in Repository
        from isMirror in Gen.Bool
        from cut in Gen.Int[1, 4]
        from isPortless in Gen.Frequency((6, false), (1, true))
        select isMirror
            ? new PullSource(
                PullSourceKind.Mirror,
                isPortless ? WithoutPort(repository) : Ancestor(repository, cut),
                RepositoryName.OfLocation(repository)
            )
            : new PullSource(PullSourceKind.Registry, Ancestor(repository, 9), RepositoryName.OfLocation(repository));

    public static readonly Gen<PullSources> Sources =
        from sources in Source.Array[1, 4]
        select new PullSources(sources.DistinctBy(source => source.Reference).ToArray(), null, false);

    /// <summary>A key as somebody may write it who means one of these sources, or nearly does.</summary>
    public static Gen<string> KeyNear(PullSources sources) =>
        from source in Gen.OneOf([.. sources.Sources])
        from stem in Gen.OneOf(
            Gen.Int[0, 4].Select(cut => Ancestor(source.Reference.Text, cut)),
            Gen.Int[1, source.Reference.Text.Length].Select(length => source.Reference.Text[..length]),
            Gen.Const(source.Location),
            Component.Array[1, 2].Select(below => $"{source.Location}/{string.Join('/', below)}"),
            Location
        )
        from further in Gen.Frequency(
            (6, Gen.Const("")),
            (2, Component.Select(component => "/" + component)),
            (1, Gen.OneOf("x", ":1", ".io", "/", "//", "-"))
        )
        from globbed in Gen.Frequency((5, Gen.Const(stem + further)), (2, Globbed(stem + further)))
        from written in Gen.Frequency(
            (7, Gen.Const(globbed)),
            (1, Gen.Const(OtherNameOfHub(globbed))),
            (1, Gen.Const(globbed.ToUpperInvariant()))
        )
        from scheme in Gen.Frequency(
            (4, ""),
            (2, "https://"),
            (1, "http://"),
            (1, "HTTPS://"),
            (1, "https://user:planted@")
        )
        from api in Gen.Frequency((5, ""), (1, "/v1"), (1, "/v2"), (1, "/v3"))
        from end in Gen.Frequency((5, ""), (2, "/"), (1, "//"))
        select scheme + WithApiPath(written, api) + end;

    /// <summary>The name without its last components; never less than the host.</summary>
    public static string Ancestor(string name, int components)
    {
        for (; components > 0 && name.Contains('/'); components--)
        {
            name = name[..name.LastIndexOf('/')];
        }

        return name;
    }

    /// <summary>Some characters in front of the first slash become globs.</summary>
    private static Gen<string> Globbed(string name) =>
        from at in Gen.Int[0, Math.Max(0, Ancestor(name, 9).Length - 1)]
        from length in Gen.Int[0, 3]
        from glob in Gen.OneOf("*", "?", "[a-z]", "[^x]", "[0-9]", "*?", "\\", "[a-", "[]", "[m]")
        select name.Length == 0 ? glob : name[..at] + glob + name[Math.Min(name.Length, at + length)..];

    /// <summary>The location of an entry to which containers/image adds the image's port.</summary>
    private static string WithoutPort(string repository)
    {
        var host = Ancestor(repository, 9);
        var colon = host.LastIndexOf(':');
        return colon < 0 || host.EndsWith(']') ? host : host[..colon];
    }

    private static string OtherNameOfHub(string name) =>
        name.StartsWith("docker.io", StringComparison.Ordinal) ? "index." + name
        : name.StartsWith("index.docker.io", StringComparison.Ordinal) ? name["index.".Length..]
        : name;

    private static string WithApiPath(string name, string api)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? name + api : name[..slash] + api + name[slash..];
    }
}
