// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Tests.Mirrors;

public sealed class RegistriesConfSizeTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("crio-cp-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>1.5 MB each. Native code needs a third of this time; a quadratic step would need minutes.</summary>
    [Theory]
    [InlineData("[[registry]]\nlocation='r#.io'\n[[registry.mirror]]\nlocation='m.io/#'\n")]
    [InlineData("[x.t#]\na=1\n[[registry]]\nlocation='r#.io'\n[registry.other]\nb=2\n")]
    [InlineData("[aliases.x#]\n")]
    public void A_file_of_1500_KB_is_read_in_linear_time(string piece)
    {
        var text = new StringBuilder();
        for (var i = 0; text.Length < 1_500_000; i++)
        {
            text.Append(piece.Replace("#", $"{i}", StringComparison.Ordinal));
        }

        var path = Path.Combine(folder, "registries.conf");
        File.WriteAllText(path, text.ToString());
        var paths = new RegistriesConfPaths(null, null, Path.Combine(folder, "home")) { SystemDirectory = folder };
        var watch = Stopwatch.StartNew();
        Assert.NotNull(Record.Exception(() => RegistriesConfLoader.Load(paths)) as ProviderException ?? (object)path);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }
}
