// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Contract;

/// <summary>
/// Odd auth files, read by skopeo (the same image library as CRI-O) and by this program: both find the same user for
/// m.test. What this program then writes, skopeo reads alike.
/// </summary>
public sealed class GoDecodingContractTests : IDisposable
{
    private readonly string path = Path.GetTempFileName();

    public void Dispose() => File.Delete(path);

    [Theory]
    [InlineData("""{"auths":{"m.test":{"auth":"dTpw"}},"auths":{"n.test":{"auth":"eDp5"}}}""", "u")]
    [InlineData("""{"auths":{"m.test":{"auth":"eDp5"}},"auths":{"m.test":{"auth":"dTpw"}}}""", "u")]
    [InlineData("""{"auths":{"m.test":{"auth":"dTpw"}},"Auths":{"n.test":{"auth":"eDp5"}}}""", "u")]
    [InlineData("""{"auths":{"m.test":{"auth":"dTpw"}},"auths":null}""", null)]
    [InlineData("""{"auths":{"m.test":{"auth":"dTpw"},"m.test":{}}}""", null)]
    [InlineData("""{"auths":{"m.test":{"auth":"dTpw"},"m.test":null}}""", null)]
    [InlineData("""{"auths":{"m.test":{"auth":"eDp5","auth":"dTpw"}}}""", "u")]
    [InlineData("""{"auths":{"m.test":{"auth":"dTpw","auth":null}}}""", "u")]
    [InlineData("""{"AUTHS":{"m.test":{"AUTH":"dTpw"}}}""", "u")]
    [InlineData("""{"auth\u017F":{"m.test":{"auth":"dTpw"}}}""", "u")]
    [InlineData("""{"auths":{"m.test":{"auth":"dT\npw\r\n"}}}""", "u")]
    [InlineData("""{"auths":{"m.test":{"auth":"dTpwYh=="}}}""", "u")]
    [InlineData("""{"auths":{"m\u002etest":{"a\u0075th":"\u0064Tpw"}}}""", "u")]
    [InlineData("""{"auths":{"m.test":{"auth":"dTpw5HNz"}}}""", "u")]
    public void A_user_is_found_as_Go_finds_it(string document, string? user)
    {
        File.WriteAllText(path, document);
        Assert.Equal(user, LoginOf(path));
        var global = GlobalAuthFileReader.Read(path);
        Assert.Equal(
            user,
            global.Entries.GetValueOrDefault("m.test")?.Credential is { } found ? found.Username.Text() : null
        );

        var places = MatchingSupport.Sources("mirror:m.test=m.test/x");
        File.WriteAllBytes(path, AuthFileMerger.Merge(MatchingSupport.Match(places), global, places).ToJson());
        Assert.Equal(user, LoginOf(path));
    }

    private static string? LoginOf(string file)
    {
        using var skopeo = Process.Start(
            new ProcessStartInfo("skopeo", ["login", "--authfile", file, "--get-login", "m.test"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var name = skopeo.StandardOutput.ReadToEnd().TrimEnd('\n');
        var error = skopeo.StandardError.ReadToEnd();
        skopeo.WaitForExit();
        Assert.True(skopeo.ExitCode == 0 || error.Contains("not logged in", StringComparison.Ordinal), error);
        return skopeo.ExitCode == 0 ? name : null;
    }
}
