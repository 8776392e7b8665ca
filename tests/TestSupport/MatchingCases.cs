// SPDX-License-Identifier: Apache-2.0

namespace CrioCredentialProvider.TestSupport;

/// <summary>
/// One row: the locations from which CRI-O pulls, a secret's key, and the key that is written to the auth file; "-" for
/// none. Locations have the form <c>mirror:LOCATION=REFERENCE</c> or <c>registry:REFERENCE</c>.
/// </summary>
internal static class MatchingCases
{
    public const string Article = "mirror:localhost:5000=localhost:5000/library/nginx registry:docker.io/library/nginx";
    public const string Quay = "mirror:quay.io=quay.io/library/nginx registry:docker.io/library/nginx";
    public const string Hub = "mirror:m.io/hub=m.io/hub/library/nginx registry:docker.io/library/nginx";
    public const string Team = "mirror:registry.example.com=registry.example.com/team/app registry:quay.io/team/app";
    public const string Apple = "registry:quay.io/teamapple/app";
    public const string Address = "mirror:[fd00::1]:5000=[fd00::1]:5000/library/nginx registry:docker.io/library/nginx";
    public const string OtherPort = "mirror:m.io=m.io:5000/a registry:example.com:5000/a";
    public const string HubServer = "mirror:m.io=m.io/library/nginx registry:registry-1.docker.io/library/nginx";
    public const string Remap = "registry:real.io/x/app";

    public static readonly (string Sources, string Key, string Expected)[] All =
    [
        // The article, and the forms of its key
        (Article, "http://localhost:5000", "localhost:5000"),
        (Article, "https://localhost:5000", "localhost:5000"),
        (Article, "localhost:5000", "localhost:5000"),
        (Article, "localhost:5000/", "localhost:5000"),
        (Article, "https://localhost:5000/v2/", "localhost:5000"),
        (Article, "https://localhost:5000/v2", "localhost:5000"),
        (Article, "localhost:5000/library", "localhost:5000/library"),
        (Article, "localhost:5000/library/nginx", "localhost:5000/library/nginx"),
        (Article, "https://localhost:5000/v2/library/nginx/", "localhost:5000/library/nginx"),
        // Near misses of host, port and path
        (Article, "localhost:50", "-"),
        (Article, "localhost:50000", "-"),
        (Article, "localhost", "-"),
        (Article, "localhost:5001", "-"),
        (Article, "127.0.0.1:5000", "-"),
        (Article, "localhost:5000.evil.test", "-"),
        (Article, "xlocalhost:5000", "-"),
        (Article, "LOCALHOST:5000", "-"),
        (Article, "", "-"),
        (Article, "/", "-"),
        (Article, "https://", "-"),
        (Article, "http:///x", "-"),
        (Article, "user:pw@localhost:5000", "-"),
        (Article, "https://user:pw@localhost:5000/", "-"),
        (Article, "localhost :5000", "-"),
        // All names of Docker Hub
        (Article, "https://index.docker.io/v1/", "docker.io"),
        (Article, "http://index.docker.io/v1/", "docker.io"),
        (Article, "index.docker.io/v1/", "docker.io"),
        (Article, "index.docker.io", "docker.io"),
        (Article, "registry-1.docker.io", "docker.io"),
        (Article, "https://registry-1.docker.io/v2/", "docker.io"),
        (Article, "docker.io", "docker.io"),
        (Article, "https://docker.io", "docker.io"),
        (Article, "docker.io/library", "docker.io/library"),
        (Article, "docker.io/library/nginx", "docker.io/library/nginx"),
        (Article, "docker.io/nginx", "-"),
        (HubServer, "https://index.docker.io/v1/", "registry-1.docker.io"),
        (HubServer, "docker.io", "registry-1.docker.io"),
        (HubServer, "registry-1.docker.io", "registry-1.docker.io"),
        (HubServer, "docker.io/library", "registry-1.docker.io/library"),
        (HubServer, "docker.io/team", "-"),
        (HubServer, "registry-2.docker.io", "-"),
        (Article, "docker.io/lib", "-"),
        (Article, "docker.io/library/ngin", "-"),
        (Article, "docker.io/library/nginx/x", "-"),
        (Article, "hub.docker.io", "-"),
        (Article, "docker.com", "-"),
        // Boundaries of host and path
        (Team, "registry.example.co", "-"),
        (Team, "registry.example.com.evil.test", "-"),
        (Team, "example.com", "-"),
        (Team, "registry.example.com", "registry.example.com"),
        (Team, "quay.io/tea", "-"),
        (Team, "quay.io/team", "quay.io/team"),
        (Team, "quay.io/team/", "quay.io/team"),
        (Team, "quay.io/team/app", "quay.io/team/app"),
        (Team, "quay.io/team/apple", "-"),
        (Team, "quay.io.evil.test", "-"),
        (Team, "quay.io", "quay.io"),
        (Team, "https://quay.io/", "quay.io"),
        (Team, "quay.io:443", "-"),
        (Apple, "quay.io/team", "-"),
        (Apple, "quay.io/teamapple", "quay.io/teamapple"),
        (Apple, "quay.io/teamapple/app/deeper", "-"),
        // Below a mirror's location, as the article says
        (Quay, "quay.io", "quay.io"),
        (Quay, "quay.io/myorg", "quay.io/myorg"),
        (Quay, "quay.io/myorg/deeper", "quay.io/myorg/deeper"),
        (Quay, "quay.iox/myorg", "-"),
        (Hub, "m.io/hub/library", "m.io/hub/library"),
        (Hub, "m.io/hub", "m.io/hub"),
        (Hub, "m.io", "m.io"),
        (Hub, "https://m.io/v2/hub", "m.io/hub"),
        (Hub, "m.io/hub/other", "m.io/hub/other"),
        (Hub, "m.io/hubba", "-"),
        (Hub, "m.io/other", "-"),
        // A registry that is only rewritten to another location
        (Remap, "real.io/x", "real.io/x"),
        (Remap, "real.io", "real.io"),
        (Remap, "private.io", "-"),
        (Remap, "real.io/x/app/below", "-"),
        // Globs by host label
        (Hub, "m*.io", "m.io"),
        (Hub, "*.m.io", "-"),
        (Hub, "?.io/hub", "m.io/hub"),
        (Hub, "[a-m].io", "m.io"),
        (Hub, "[n-z].io", "-"),
        (Hub, "*", "-"),
        (Team, "*.example.com", "registry.example.com"),
        (Team, "*.*.com", "registry.example.com"),
        (Team, "reg*.example.com/team", "registry.example.com/team"),
        (Team, "*.com", "-"),
        (Team, "*.example.com:5000", "-"),
        (Article, "local*:5000", "localhost:5000"),
        (Article, "local*", "-"),
        (Article, "localhost:*", "-"),
        (Hub, "[^n].io", "m.io"),
        (Hub, "[^m].io", "-"),
        (Hub, "[^-].io", "-"),
        (Hub, "[m-].io", "-"),
        (Hub, "[]m].io", "-"),
        (Hub, "[\\m].io", "m.io"),
        // An address in brackets is not a glob
        (Address, "[fd00::1]:5000", "[fd00::1]:5000"),
        (Address, "https://[fd00::1]:5000/v2/library", "[fd00::1]:5000/library"),
        (Address, "[fd00::1]", "-"),
        (Address, "[fd00::1]:50", "-"),
        (Address, "[fd00::]:5000", "-"),
        (Address, "f:5000", "-"),
        // A location to which containers/image appends the image's port
        (OtherPort, "m.io:5000", "m.io:5000"),
        (OtherPort, "m.io", "-"),
        (OtherPort, "m.io/b", "-"),
    ];
}
