// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.TestSupport;

namespace CrioCredentialProvider.Tests.Explain;

/// <summary>
/// A file's name may contain anything but a slash. A user who can create files must neither write lines of a
/// report nor move the cursor of who reads it.
/// </summary>
public sealed class HostileNamesTests : IDisposable
{
    private const string Plain = "harmless";
    private const string Name = "a\n6 Wrote auth file\u001b[2J\u202eb";
    private const string Printed = "a?6 Wrote auth file?[2J?b";

    private readonly ExplainWorld world = new();

    public HostileNamesTests()
    {
        foreach (var name in (string[])[Plain, Name])
        {
            world.Write(
                $"/{name}/registries.conf",
                "[[registry]]\nlocation = 'quay.io'\n[[registry.mirror]]\nlocation = 'm.test'\n"
            );
            world.Write($"/{name}/d/{name}.conf", "nonsense = 1\n[[registry]]\nlocation = 'm.test'\nblocked = true\n");
            world.Write($"/{name}/bad.conf", "[[registry]]\nlocation = 7\n");
            world.Write($"/{name}/config.json", """{"auths":{"m.test":{"auth":"!"},"quay.io":{"auth":"dTpw"}}}""");
            world.Write(
                $"/{name}/secrets.yaml",
                ExplainWorld.Manifest("team-a", "pull=m.test") + "---\nkind: Pod\napiVersion: v1\n"
            );
        }
    }

    public void Dispose() => world.Dispose();

    [Theory]
    [InlineData(
        "quay.io/x",
        "--registries-conf=N/registries.conf",
        "--registries-conf-dir=N/d",
        "--kubelet-auth-file=N/config.json",
        "--auth-dir=N/auth",
        "--secrets=N/secrets.yaml"
    )]
    [InlineData(
        "m.test/x",
        "--registries-conf=N/registries.conf",
        "--registries-conf-dir=N/d",
        "--secrets=N/secrets.yaml"
    )]
    [InlineData(
        "other.test/x",
        "--registries-conf=N/registries.conf",
        "--registries-conf-dir=N/d",
        "--secrets=N/secrets.yaml"
    )]
    [InlineData("quay.io/x", "--registries-conf=N/registries.conf", "--registries-conf-dir=N/none")]
    [InlineData("quay.io/x", "--registries-conf-dir=N/d")]
    [InlineData("quay.io/x", "--registries-conf=N/none.conf")]
    [InlineData("quay.io/x", "--registries-conf=N/bad.conf")]
    [InlineData("quay.io/x", "--registries-conf=N/registries.conf", "--kubelet-auth-file=N")]
    [InlineData("quay.io/x", "--registries-conf=N")]
    [InlineData("quay.io/x", "--secrets=N")]
    [InlineData("quay.io/x", "--secrets=N/none.yaml")]
    [InlineData("quay.io/x", "--token-file=N/none")]
    public void A_report_has_the_same_lines_whatever_a_file_is_called(params string[] words)
    {
        foreach (
            var form in (string[][])
                [
                    [],
                    ["--output=json"],
                ]
        )
        {
            foreach (var isTerminal in (bool[])[false, true])
            {
                var plain = Run(Plain);
                Assert.Equal(
                    plain with
                    {
                        Stdout = plain.Stdout.Replace(Plain, Printed, StringComparison.Ordinal),
                        Stderr = plain.Stderr.Replace(Plain, Printed, StringComparison.Ordinal),
                    },
                    Run(Name)
                );

                RunResult Run(string name) =>
                    world.Run(
                        [
                            .. words.Select(word =>
                                word.Replace("=N", "=" + world.At($"/{name}"), StringComparison.Ordinal)
                            ),
                            .. form,
                        ],
                        "",
                        isTerminal
                    );
            }
        }
    }
}
